// SPDX-License-Identifier: Apache-2.0

/// A request's head, parsed; header names in lower case.
struct HTTPRequest: Sendable {
  let method: String
  let path: String
  let headers: [String: String]

  init(method: String, path: String, headers: [String: String] = [:]) {
    self.method = method
    self.path = path
    self.headers = headers
  }

  /// Parses the bytes before the empty line; nil when they are no HTTP/1.x request.
  init?(head: some Collection<UInt8>) {
    let lines = String(decoding: head, as: UTF8.self)
      .split(separator: "\r\n", omittingEmptySubsequences: true)
    guard let words = lines.first?.split(separator: " "), words.count == 3,
      words[2].hasPrefix("HTTP/1.")
    else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let name = line[..<colon].lowercased()
      headers[name] = String(
        line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      )
    }
    self.init(method: String(words[0]), path: String(words[1]), headers: headers)
  }

  /// How many bytes of body follow.
  var contentLength: Int { headers["content-length"].flatMap { Int($0) } ?? 0 }

  /// Whether the client wants the connection closed afterwards.
  var wantsClose: Bool { headers["connection"]?.lowercased() == "close" }
}
