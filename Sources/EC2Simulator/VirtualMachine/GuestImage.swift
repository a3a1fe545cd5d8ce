// SPDX-License-Identifier: Apache-2.0

/// A kind of guest: a Debian release with the network stack that its images come with.
package enum GuestImage: String, Sendable {
  /// Debian 12: systemd 252, networkd written by netplan with DHCP on `en*` and `eth*`, NICs named
  /// in the initramfs.
  case bookworm
  /// Debian 13: systemd 257, plain networkd with a wildcard DHCP file, NICs named from the root
  /// file system.
  case trixie
  /// Debian's unstable: as ``trixie``, with the newest systemd, netplan, and cloud-init. It changes
  /// daily, so no test that decides about a release boots it.
  case sid

  /// The releases.
  package static let releases: [GuestImage] = [.bookworm, .trixie]

  /// The files a guest boots from, shared by all machines and never written to.
  package struct Files: Hashable, Sendable {
    /// The base disk, in qcow2 form.
    package let disk: String
    /// The kernel.
    package var kernel: String { stem + ".vmlinuz" }
    /// The initial file system.
    package var initialFileSystem: String { stem + ".initrd" }

    private var stem: String {
      disk.hasSuffix(".qcow2") ? String(disk.dropLast(".qcow2".count)) : disk
    }

    /// The files of the image whose disk is at `disk`; the others are beside it.
    package init(disk: String) {
      self.disk = disk
    }

    /// Makes a disk of a machine's own at `path`, an empty layer over the base; it takes
    /// milliseconds.
    ///
    /// An earlier file there is replaced. A copy of the layer is a copy of the machine: a baked
    /// image.
    package func makeOverlay(at path: String) throws {
      try Program(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", disk, path])
        .run()
    }
  }

  /// The image's files, built first when `cache` has none made from the builder's present text.
  ///
  /// Building needs root and a Debian mirror and takes a minute or two. Two processes that ask at
  /// once build one image.
  ///
  /// - Parameters:
  ///   - builder: the path of `build-guest-image`.
  ///   - cache: the directory that keeps images from run to run.
  /// - Returns: the files, which are whole: an image appears in the cache when it is finished.
  /// - Throws: ``ProgramFailure`` with what the builder said.
  package func files(builder: String, cache: String) throws -> Files {
    let output = try Program([builder, "--cached", rawValue, cache]).run(within: .seconds(1800))
    return Files(disk: output.split(separator: "\n").last.map(String.init) ?? "")
  }
}
