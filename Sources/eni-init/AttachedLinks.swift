// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel

/// The links that ENIs were attached by in this boot.
///
/// An ENI that is attached again has a new link, and IMDS may tell its former slot for some seconds, as
/// complete as the new one. Nothing on the host tells the two apart: udev has named the link after the
/// record by then.
struct AttachedLinks {
  let host: Host

  /// Below /run, since the kernel gives an index once in a boot.
  private static let directory = "/run/eni-init/links"

  /// Remembers the link, and says whether the ENI had another one before in this boot.
  func remember(_ link: Link, of mac: MACAddress) throws -> Bool {
    let file = ConfigFile(path: "\(Self.directory)/\(mac)", content: "\(link.index)\n")
    let former = try host.files.read(file.path)
    _ = try host.files.replace(file)
    return former.map { $0 != file.content } ?? false
  }
}
