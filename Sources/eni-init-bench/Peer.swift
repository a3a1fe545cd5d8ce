// SPDX-License-Identifier: Apache-2.0
import EC2Simulator

/// amazon-ec2-net-utils as Debian packages it, on the same machine in a box, with the same ENIs: what
/// its units run for one ENI, when it comes and each minute.
struct Peer {
  /// Where the package is unpacked.
  let directory: String

  private static let program = "/usr/bin/setup-policy-routes"

  /// Its version, as the changelog of the package says it.
  func version() throws -> String {
    let changelog = "\(directory)/usr/share/doc/amazon-ec2-net-utils/changelog.Debian.gz"
    let line = try Program(["zcat", changelog]).run().split(separator: "\n").first ?? ""
    return line.split(whereSeparator: { "()".contains($0) }).dropFirst().first.map(String.init)
      ?? "of an unknown version"
  }

  /// Puts it on the disk of an instance, which has to run a log.
  func install(on instance: NamespaceInstance) throws {
    for (file, isExecutable) in [
      (Self.program, true),
      ("/usr/share/amazon-ec2-net-utils/lib.sh", false),
      ("/usr/lib/systemd/network/80-ec2.network", false),
    ] {
      try instance.write(file, from: directory + file, executable: isExecutable)
    }
    // logger(1) wants it, and each of its messages is one.
    try instance.startJournald()
    try instance.check(["ln", "-sf", "/run/systemd/journal/dev-log", "/dev/log"])
  }

  /// What the unit of a new ENI runs.
  func attach(_ link: String) -> [String] {
    ["env", "EC2_IF_INITIAL_SETUP=true", Self.program, link, "start"]
  }

  /// What the timer of each ENI runs.
  func refresh(_ link: String) -> [String] { [Self.program, link, "start"] }

  /// Undoes it, so that it can be done again.
  func forget(_ link: String, on stage: Stage) throws {
    try stage.instance.check([Self.program, link, "stop"])
  }
}
