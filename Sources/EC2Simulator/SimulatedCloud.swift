// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// An EC2 in a box: one instance's metadata service and the VPC that its ENIs are attached to.
package final class SimulatedCloud {
  /// The metadata service, at 169.254.169.254.
  package let imds: IMDSServer
  /// The VPC.
  package let vpc: VirtualPrivateCloud

  /// A cloud in which the instance `id` has no ENI yet.
  ///
  /// Needs a network namespace of its own; see ``VirtualPrivateCloud/init()``.
  package init(instance id: InstanceID) throws {
    vpc = try VirtualPrivateCloud()
    guard let address = IPAddress("169.254.169.254") else {
      throw SimulatedENIError.malformed("address", "169.254.169.254")
    }
    imds = try IMDSServer(instance: SimulatedInstance(id: id), address: address, port: 80)
  }

  deinit { imds.stop() }

  /// Attaches an ENI: its metadata begin to appear, and the instance gets a device.
  package func attach(_ eni: SimulatedENI, to port: PortAttachment) throws {
    imds.attach(eni)
    try vpc.attach(eni, to: port)
  }

  /// Gives an attached ENI, told by its MAC, other addresses or prefixes.
  package func update(_ eni: SimulatedENI) throws {
    try vpc.update(eni)
    imds.change(eni.mac) { $0 = eni }
  }

  /// Detaches an ENI: the device goes, and IMDS stops listing it.
  package func detach(_ eni: SimulatedENI) throws {
    try vpc.detach(eni.id)
    imds.detach(eni.mac)
  }

  /// An ENI's answer to its way in: sends echo requests from the internet to an address.
  package func probeFromInternet(_ address: IPAddress, count: Int = 3) throws -> ProbeReport {
    try vpc.internet.namespace.probe(address, count: count)
  }
}
