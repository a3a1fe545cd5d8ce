// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem
import IMDS
import NetworkModel
import Planning
import Rendering

/// `eni-init render`: what attach would leave on another machine's disk.
struct Render: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Write the files of an instance below a directory, without a network.",
    discussion: """
      For who builds images, and for a look ahead. FILE is what cloud-init has learned of the \
      instance: /run/cloud-init/instance-data.json, which `cloud-init query --all` prints. Below \
      DIRECTORY, whose eni-init.conf counts, come the files and the records of all its ENIs but the \
      primary; each path that was written is printed. On any other instance the first boot removes \
      them.
      """
  )

  @Option(help: ArgumentHelp("What to write for: \(NetworkStack.names)."))
  var stack: NetworkStack

  @Option(help: ArgumentHelp("The instance's metadata.", valueName: "file"))
  var imds: String

  @Option(help: ArgumentHelp("Where the image's file system is.", valueName: "directory"))
  var root: String

  func run() throws {
    let host = try Host(root: root, isRunning: false)
    let metadata = try self.metadata()
    for (mac, error) in metadata.malformed { host.log.warning("\(mac) is left out: \(error)") }
    for plan in try plans(of: metadata.network, host.configuration.policy) {
      let files = Stack(stack, host).renderer.files(for: plan, instance: metadata.instance)
      try host.refuseForeign(files)
      for file in files where try host.generated.replace(file) != .unchanged { print(file.path) }
      try save(InterfaceRecord(plan), of: metadata.instance, host)
    }
    try save(InterfaceRecord(primary: metadata.network.primaryMAC), of: metadata.instance, host)
  }

  private func metadata() throws -> CloudInitMetadata {
    guard let content = try FileStore().read(imds) else { throw RenderFailure.noFile(imds) }
    guard let metadata = try CloudInitMetadata(content) else {
      throw RenderFailure.noInstance(imds)
    }
    return metadata
  }

  /// With links as they will be: each ENI has one that tells its permanent address.
  ///
  /// Which MTU they have is the primary's business, by DHCP, so there is one only when it is set.
  private func plans(of network: InstanceNetwork, _ policy: Policy) throws -> [InterfacePlan] {
    guard !policy.asksForMembership else { throw RenderFailure.membership }
    let interfaces = network.interfaces.filter {
      $0.mac != network.primaryMAC && policy.reasonToIgnore(mac: $0.mac, id: $0.id) == nil
    }
    let links = interfaces.enumerated().compactMap { position, interface in
      Link(plugged: interface.mac, number: UInt32(position + 1))
    }
    return try Planner(policy).plan(for: network, links: links).interfaces
  }

  private func save(
    _ record: InterfaceRecord,
    of instance: InstanceID,
    _ host: Host
  ) throws {
    guard try host.records.save(record, of: instance) else { return }
    print("\(RecordStore.directory)/\(instance)/\(record.mac)")
  }
}

extension Link {
  /// A link that is there in thought alone.
  fileprivate init?(plugged mac: MACAddress, number: UInt32) {
    guard let index = Link.Index(number), let name = InterfaceName("eth\(number)") else {
      return nil
    }
    self.init(index: index, name: name, address: mac, permanentAddress: mac, mtu: 1500)
  }
}

extension NetworkStack: ExpressibleByArgument {}
