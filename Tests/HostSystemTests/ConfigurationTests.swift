// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import TestSupport
import Testing

@testable import HostSystem

@Suite("eni-init.conf")
struct ConfigurationTests {
  private let root: TemporaryRoot
  private let files: FileStore

  init() throws {
    root = try TemporaryRoot()
    files = FileStore(root: root.path)
  }

  private func write(_ path: String, _ lines: String...) throws {
    let content = lines.map { $0 + "\n" }.joined()
    _ = try files.replace(ConfigFile(path: path, content: content))
  }

  @Test("without a file the defaults are in force")
  func defaults() throws {
    let configuration = try Configuration(files)
    #expect(configuration.policy == Policy())
    #expect(configuration.files.isEmpty && configuration.origins.isEmpty)
  }

  @Test("each setting is read, whatever blanks and comments are around it")
  func settings() throws {
    try write(
      "/etc/eni-init/eni-init.conf",
      "# a comment",
      "; another",
      "",
      "[General]",
      "Enabled = off",
      "  NamePrefix=net",
      "MTU=1300",
      "[Ignore]",
      "ENI=eni-0123456789abcdef0 eni-12345678",
      "MAC=02:00:00:00:00:01",
      "Subnet=subnet-12345678",
      "SecurityGroup=sg-12345678"
    )
    let policy = try Configuration(files).policy
    #expect(!policy.isEnabled)
    #expect(policy.namePrefix == "net")
    #expect(policy.mtu == 1300)
    #expect(policy.ignoredENIs.count == 2)
    #expect(policy.reasonToIgnore(mac: Fixture.mac(9)) == nil)
    let mac = try #require(MACAddress("02:00:00:00:00:01"))
    #expect(policy.reasonToIgnore(mac: mac) == "MAC=02:00:00:00:00:01")
    #expect(
      policy.reasonToIgnore(mac: Fixture.mac(2), subnet: SubnetID("subnet-12345678"))
        == "Subnet=subnet-12345678"
    )
    let group = try #require(SecurityGroupID("sg-12345678"))
    #expect(
      policy.reasonToIgnore(mac: Fixture.mac(2), securityGroups: [group])
        == "SecurityGroup=sg-12345678"
    )
  }

  @Test("drop-ins come after the file, in the order of their names; /etc hides /run hides /usr")
  func dropIns() throws {
    try write("/usr/lib/eni-init/eni-init.conf", "[General]", "MTU=1000")
    try write("/etc/eni-init/eni-init.conf", "[General]", "MTU=1001", "NamePrefix=a")
    try write("/usr/lib/eni-init/eni-init.conf.d/10-x.conf", "[General]", "MTU=1002")
    try write("/run/eni-init/eni-init.conf.d/20-x.conf", "[General]", "MTU=1003")
    try write("/usr/lib/eni-init/eni-init.conf.d/20-x.conf", "[General]", "MTU=1004")
    try write("/etc/eni-init/eni-init.conf.d/10-x.conf", "[Ignore]", "MAC=02:00:00:00:00:01")
    try write("/etc/eni-init/eni-init.conf.d/30-no", "[General]", "MTU=1005")
    let configuration = try Configuration(files)
    #expect(
      configuration.files == [
        "/etc/eni-init/eni-init.conf", "/etc/eni-init/eni-init.conf.d/10-x.conf",
        "/run/eni-init/eni-init.conf.d/20-x.conf",
      ]
    )
    #expect(configuration.policy.mtu == 1003)
    #expect(configuration.policy.namePrefix == "a")
    #expect(
      configuration.origins[.mtu]?.map(\.description)
        == ["/run/eni-init/eni-init.conf.d/20-x.conf:2"]
    )
  }

  @Test("lists grow, and an empty value is the default again")
  func lists() throws {
    try write(
      "/etc/eni-init/eni-init.conf",
      "[General]",
      "MTU=1300",
      "[Ignore]",
      "ENI=eni-12345678"
    )
    try write("/etc/eni-init/eni-init.conf.d/1.conf", "[Ignore]", "ENI=eni-87654321")
    #expect(try Configuration(files).policy.ignoredENIs.count == 2)
    try write("/etc/eni-init/eni-init.conf.d/2.conf", "[Ignore]", "ENI=", "[General]", "MTU=")
    let configuration = try Configuration(files)
    #expect(configuration.policy == Policy())
    #expect(configuration.origins.isEmpty)
  }

  struct Mistake: Sendable, CustomTestStringConvertible {
    let line: String
    let says: String
    var testDescription: String { line }
  }

  static let mistakes = [
    Mistake(line: "Enable=yes", says: "no setting Enable= in [General]"),
    Mistake(line: "MAC=02:00:00:00:00:01", says: "no setting MAC= in [General]"),
    Mistake(line: "enabled=yes", says: "no setting enabled= in [General]"),
    Mistake(line: "Enabled=maybe", says: "Enabled=maybe is not yes or no"),
    Mistake(line: "NamePrefix=eth", says: "NamePrefix=eth is not"),
    Mistake(line: "NamePrefix=ens", says: "NamePrefix=ens is not"),
    Mistake(line: "NamePrefix=../x", says: "NamePrefix=../x is not"),
    Mistake(line: "NamePrefix=elevenbytes", says: "is not 1 to 10 letters"),
    Mistake(line: "MTU=575", says: "from 576 to 9216"),
    Mistake(line: "MTU=9001 bytes", says: "from 576 to 9216"),
    Mistake(line: "[Ignore]\nENI=eni-1", says: ".conf:3: ENI=eni-1 is not ids of ENIs"),
    Mistake(line: "[Ignore]\nSubnet=sg-12345678", says: "is not ids of subnets"),
    Mistake(line: "MTU", says: "\"MTU\" is no setting"),
    Mistake(line: "[General", says: "\"[General\" is no setting"),
  ]

  @Test(
    "a mistake is told with its file and line, and nothing of the file counts",
    arguments: mistakes
  )
  func mistake(mistake: Mistake) throws {
    try write("/etc/eni-init/eni-init.conf", "[General]", mistake.line)
    let error = #expect(throws: ConfigurationError.self) { try Configuration(files) }
    let message = try #require(error).description
    #expect(message.hasPrefix("/etc/eni-init/eni-init.conf:"), "\(message)")
    #expect(message.contains(mistake.says), "\(message)")
  }

  @Test("a setting before the first section is a mistake")
  func outside() throws {
    try write("/etc/eni-init/eni-init.conf", "MTU=1300")
    let error = #expect(throws: ConfigurationError.self) { try Configuration(files) }
    #expect(error?.description.hasPrefix("/etc/eni-init/eni-init.conf:1: ") ?? false)
  }
}
