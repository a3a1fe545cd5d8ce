// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import Foundation
import NetworkModel
import TestSupport
import Testing

@Suite("Rendering for another machine")
struct RenderTests {
  /// A directory with an instance's metadata, and an image to write into.
  private final class Workshop {
    let directory: URL
    var image: String { directory.path + "/image" }

    init(metadata: String? = nil) throws {
      let metadata = try metadata ?? RenderTests.threeENIs()
      directory = FileManager.default.temporaryDirectory
        .appendingPathComponent("eni-init-render-" + UUID().uuidString)
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      try metadata.write(
        to: directory.appendingPathComponent("instance-data.json"),
        atomically: true,
        encoding: .utf8
      )
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    func configure(_ content: String) throws {
      try write(content, to: "/etc/eni-init/eni-init.conf")
    }

    func write(_ content: String, to path: String) throws {
      let path = directory.appendingPathComponent("image" + path)
      try FileManager.default.createDirectory(
        at: path.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      try content.write(to: path, atomically: true, encoding: .utf8)
    }

    func render(_ stack: String, imds: String? = nil) throws -> Program.Result {
      try Program([
        BuiltProduct.path("eni-init"), "render", "--stack", stack, "--imds",
        imds ?? directory.path + "/instance-data.json", "--root", image,
      ]).result()
    }

    /// What has been written.
    func files() throws -> [ConfigFile] {
      let paths = FileManager.default.enumerator(atPath: image)?.compactMap { $0 as? String } ?? []
      return try paths.compactMap { path in
        var isDirectory: ObjCBool = false
        let file = "\(image)/\(path)"
        guard FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory),
          !isDirectory.boolValue
        else { return nil }
        return ConfigFile(
          path: "/" + path,
          content: try String(contentsOfFile: file, encoding: .utf8)
        )
      }
    }
  }

  /// The file that cloud-init writes about these ENIs.
  private static func instanceData(_ interfaces: SimulatedENI...) throws -> InstanceData {
    InstanceData(of: SimulatedInstance(id: Fixture.instance), interfaces: interfaces)
  }

  /// The primary; an ENI of both families with prefixes; one on another card.
  private static func threeENIs() throws -> String {
    let third = try SimulatedENI(
      mac: "02:00:00:00:00:07",
      device: 1,
      card: 1,
      ipv4: .init("10.0.2.0/24", "10.0.2.10")
    )
    return try instanceData(.examplePrimary(), .exampleSecond(), third).json()
  }

  @Test("the instance of the package's own tests is in the form that cloud-init writes")
  func packageTests() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("packaging/debian/tests/instance-data.json")
    let expected = try Self.instanceData(.examplePrimary(), .exampleSecond()).json()
    if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] == "1" {
      try expected.write(to: path, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: path, encoding: .utf8) == expected)
  }

  @Test(
    "each stack gets exactly its golden tree, and each path that is written is told",
    arguments: NetworkStack.allCases
  )
  func golden(stack: NetworkStack) throws {
    let workshop = try Workshop()
    let result = try workshop.render(stack.rawValue)
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    let files = try workshop.files()
    #expect(try GoldenTree(stack.rawValue).differences(from: files) == [])
    let told = Set(result.output.split(separator: "\n").map(String.init))
    // The link to the primary's record is no file of its own.
    #expect(told == Set(files.map(\.path).filter { !$0.hasSuffix("/primary") }))
    let again = try workshop.render(stack.rawValue)
    #expect(again.status == 0 && again.output.isEmpty, "a second run finds nothing to do")
  }

  @Test(
    "with ContainerPorts=yes each stack has the rule for marks",
    arguments: NetworkStack.allCases
  )
  func marks(stack: NetworkStack) throws {
    let workshop = try Workshop()
    try workshop.configure("[General]\nContainerPorts=yes\n")
    #expect(try workshop.render(stack.rawValue).status == 0)
    let files = try workshop.files()
    let nft = files.first { $0.path == "/etc/eni-init/container-ports/nic1c1.nft" }
    #expect(
      nft?.content.hasSuffix("add element inet eni-init links { \"nic1c1\" : 0x650000 }\n") == true
    )
    let words = ["fwmark 0x650000/0xfff0000", "FirewallMark=6619136/268369920"]
    #expect(files.contains { file in words.contains(where: file.content.contains) })
  }

  @Test(
    "no file without our header is replaced, and none is written for its ENI",
    arguments: NetworkStack.allCases
  )
  func foreign(stack: NetworkStack) throws {
    let model = try Workshop()
    #expect(try model.render(stack.rawValue).status == 0)
    let paths = try model.files().map(\.path).filter {
      $0.contains("nic1") && !$0.contains("nic1c1") && !$0.contains("/instances/")
    }
    #expect(paths.count >= 2)
    for path in paths {
      let workshop = try Workshop()
      try workshop.write("# mine\n", to: path)
      let result = try workshop.render(stack.rawValue)
      #expect(result.status == 65 && result.errors.contains(path), "\(result)")
      let files = try workshop.files().filter { paths.contains($0.path) }
      #expect(files.map(\.path) == [path] && files.first?.content == "# mine\n")
    }
  }

  @Test("the image's configuration counts")
  func configuration() throws {
    let workshop = try Workshop()
    try workshop.configure(
      "[General]\nNamePrefix=data\nMTU=1500\n\n[Ignore]\nMAC=02:00:00:00:00:07\n"
    )
    #expect(try workshop.render("networkd").status == 0)
    let files = try workshop.files()
    let network = files.first { $0.path == "/etc/systemd/network/05-eni-init-data1.network" }
    #expect(network?.content.contains("MTUBytes=1500") == true)
    #expect(!files.contains { $0.path.contains("data1c1") })
  }

  @Test("what cannot be rendered is said, and nothing is written")
  func refusals() throws {
    let workshop = try Workshop(metadata: "{}")
    #expect(try workshop.render("networkd", imds: "/no/such/file").status == 64)
    #expect(try workshop.render("networkd").status == 65)
    #expect(try workshop.render("wicked").status == 64)
    #expect(try workshop.files().isEmpty)
    let other = try Workshop()
    try other.configure("[Ignore]\nSubnet=subnet-0123456789abcdef0\n")
    let refused = try other.render("networkd")
    #expect(refused.status == 78 && refused.errors.contains("only IMDS can tell"))
    #expect(try other.files().count == 1)
  }
}
