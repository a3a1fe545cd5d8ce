// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// Tells nftables which mark a connection gets that comes in by an ENI, so that the reply of a container,
/// whose source is the container's own while it is routed, leaves by that ENI too.
///
/// The same in every network stack; the package's eni-init-container-ports.service loads them.
package enum ContainerPorts {
  /// The files, one an ENI, which container-ports.nft includes.
  package static let files = OwnedFiles(
    directory: "/etc/eni-init/container-ports",
    prefix: "",
    suffix: ".nft"
  )

  /// The file of an ENI; none when its plan has no rule for marks.
  static func file(for plan: InterfacePlan, instance: InstanceID) -> ConfigFile? {
    guard let mark = plan.rules.lazy.compactMap(\.mark).first else { return nil }
    let header = Header.lines(
      for: plan,
      instance: instance,
      override: "Loaded by eni-init-container-ports.service (ContainerPorts= in eni-init.conf)."
    )
    return ConfigFile(
      path: files.path(plan.name),
      lines: header + [
        "add element inet eni-init links { \"\(plan.name)\" : 0x\(String(mark.value, radix: 16)) }"
      ]
    )
  }

  /// The marks by the name of the link, in such a file and in the map that nft(8) lists.
  package static func marks(in text: String) -> [String: UInt32] {
    var marks: [String: UInt32] = [:]
    let pieces = text.split(separator: "\"", omittingEmptySubsequences: false)
    for (name, rest) in zip(pieces, pieces.dropFirst()) {
      let value = rest.drop { " :".contains($0) }
      guard value.hasPrefix("0x") else { continue }
      marks[String(name)] = UInt32(value.dropFirst(2).prefix(while: \.isHexDigit), radix: 16)
    }
    return marks
  }
}
