// SPDX-License-Identifier: Apache-2.0

/// Why a configuration file cannot be used; nothing of the configuration counts then.
package enum ConfigurationError: Error, Hashable, Sendable {
  /// The line is neither a comment, a section nor an assignment.
  case notAnAssignment(SettingOrigin, String)
  /// An assignment stands before the first section.
  case outsideSection(SettingOrigin, String)
  /// There is no such setting.
  case unknownKey(SettingOrigin, section: String, key: String)
  /// The setting is not what it has to be.
  case invalid(SettingOrigin, key: String, value: String, expected: String)
  /// The file could not be read.
  case unreadable(SystemCallError)
}

extension ConfigurationError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notAnAssignment(let origin, let text):
      "\(origin): \"\(text)\" is no setting; \(Self.consequence)"
    case .outsideSection(let origin, let text):
      "\(origin): \"\(text)\" stands in no section, such as [General]; \(Self.consequence)"
    case .unknownKey(let origin, let section, let key):
      "\(origin): there is no setting \(key)= in [\(section)]; \(Self.consequence)"
    case .invalid(let origin, let key, let value, let expected):
      "\(origin): \(key)=\(value) is not \(expected); \(Self.consequence)"
    case .unreadable(let error):
      "\(error); \(Self.consequence)"
    }
  }

  private static let consequence =
    "nothing was changed. See eni-init.conf(5), and `eni-init config` when it is fixed"
}
