// SPDX-License-Identifier: Apache-2.0

package import NetworkModel

/// The instance whose metadata is served: what does not depend on its ENIs.
package struct SimulatedInstance: Sendable {
  /// `instance-id`.
  package var id: InstanceID
  /// `instance-type`.
  package var type = "c7i.large"
  /// `placement/region`.
  package var region = "eu-central-1"
  /// `placement/availability-zone`.
  package var availabilityZone = "eu-central-1a"
  /// The account in the identity document.
  package var accountID = "123456789012"
  /// `ami-id`.
  package var imageID = "ami-0a1b2c3d4e5f60718"
  /// `vpc-id`.
  package var vpcID = "vpc-0a1b2c3d4e5f60718"
  /// `vpc-ipv4-cidr-blocks`, the first one also as `vpc-ipv4-cidr-block`.
  package var vpcIPv4Blocks = ["10.0.0.0/16", "10.1.0.0/16"]
  /// `vpc-ipv6-cidr-blocks`; listed by ENIs in a subnet with IPv6.
  package var vpcIPv6Blocks = ["2001:db8:1::/56"]
  /// The tags below `tags/instance`, which are served where the instance allows it.
  package var tags = [
    "Name": "web 1", "aws:autoscaling:groupName": "web", "owner": "it's \"us\" = {1}",
  ]

  /// An instance with this id and the defaults of an ordinary one.
  package init(id: InstanceID) {
    self.id = id
  }
}
