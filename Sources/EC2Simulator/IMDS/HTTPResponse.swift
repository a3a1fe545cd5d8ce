// SPDX-License-Identifier: Apache-2.0

/// An answer before it is put into bytes.
struct HTTPResponse: Sendable {
  var status: Int
  var headers: [(name: String, value: String)] = []
  var body: [UInt8]

  init(status: Int, text: String) {
    self.status = status
    body = Array(text.utf8)
  }

  /// An error as IMDS words it: a small HTML document.
  static func failure(_ status: Int, retryAfter: Int? = nil) -> HTTPResponse {
    let title = "\(status) - \(reason(status))"
    var response = HTTPResponse(
      status: status,
      text: """
        <?xml version="1.0" encoding="iso-8859-1"?>
        <html><head><title>\(title)</title></head><body><h1>\(title)</h1></body></html>
        """
    )
    if let retryAfter { response.headers.append(("Retry-After", String(retryAfter))) }
    return response
  }

  /// The reason phrase of RFC 9110.
  static func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 429: "Too Many Requests"
    case 500: "Internal Server Error"
    case 503: "Service Unavailable"
    default: "Status"
    }
  }
}
