// SPDX-License-Identifier: Apache-2.0

/// Why the records of earlier boots cannot be used.
package enum RecordError: Error, Hashable, Sendable {
  /// A record exists and cannot be read.
  case system(SystemCallError)
  /// A record exists and is not one of ours, or was damaged.
  case malformed(String)
}

extension RecordError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .system(let error): error.description
    case .malformed(let path):
      "the record \(path) is not one that eni-init writes; remove it, and the next "
        + "`eni-init attach` writes it anew from IMDS"
    }
  }
}
