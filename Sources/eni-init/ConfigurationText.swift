// SPDX-License-Identifier: Apache-2.0
import HostSystem

/// The configuration in force, as a valid eni-init.conf whose comments say where each setting stands.
struct ConfigurationText {
  /// The lines, with a final newline.
  let text: String

  /// The text of `configuration`.
  init(_ configuration: Configuration) {
    var lines = configuration.files.map { "# \($0)" }
    var section: String?
    for name in SettingName.allCases {
      if name.section != section {
        if !lines.isEmpty { lines.append("") }
        lines.append("[\(name.section)]")
        section = name.section
      }
      let origins = configuration.origins[name]?.map(\.description).joined(separator: ", ")
      lines += [
        "# \(origins ?? "default")", "\(name.rawValue)=\(name.value(configuration.policy))",
      ]
    }
    text = lines.map { $0 + "\n" }.joined()
  }
}
