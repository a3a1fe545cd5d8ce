// SPDX-License-Identifier: Apache-2.0

package import NetworkModel

/// The instance's side of an ENI's port.
package enum PortAttachment: Hashable, Sendable {
  /// A veth in a network namespace, under the name that the instance's kernel gives it.
  ///
  /// It starts with `mtu`, as the ENA driver starts with 1500 until DHCP says 9001.
  case namespace(NetworkNamespace, kernelName: InterfaceName, mtu: UInt32 = 1500)
  /// A tap of this name, in this namespace, for a virtual machine to open.
  case tap(InterfaceName)
}
