// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// What one look at the host has found: kernel, udev, records, IMDS and configuration side by side.
///
/// Every report for an operator is made from this value, so that no two of them disagree.
package struct HostView: Sendable {
  /// How asking IMDS went.
  package enum Metadata: Hashable, Sendable {
    /// It has answered all that was asked.
    case answered
    /// It has not, and this is the message.
    case failed(String)
  }

  /// The instance, where the hypervisor shows its id.
  package let instance: InstanceID?
  /// The network stack that files are written for.
  package let stack: NetworkStack
  /// The kernel's configuration.
  package let kernel: KernelState
  /// How asking IMDS went.
  package let metadata: Metadata
  /// Why no ENI of this host is touched; nil when they may be.
  package let refusal: String?
  /// The ENIs: the primary first, then by slot, then those whose slot is not known.
  package let enis: [ENIView]

  /// A view of these parts.
  package init(
    instance: InstanceID?,
    stack: NetworkStack,
    kernel: KernelState,
    metadata: Metadata,
    refusal: String?,
    enis: [ENIView]
  ) {
    self.instance = instance
    self.stack = stack
    self.kernel = kernel
    self.metadata = metadata
    self.refusal = refusal
    self.enis = enis.sorted { $0.order < $1.order }
  }

  /// The primary ENI; nil while it is not known which one it is.
  package var primary: ENIView? { enis.first { $0.role == .primary } }

  /// The ENI with this name, alternative name, id or MAC; nil for none.
  package func eni(called text: String) -> ENIView? {
    enis.first { eni in
      eni.link?.name.text == text || eni.link?.alternativeNames.contains(text) ?? false
        || eni.id?.text == text || eni.mac == MACAddress(text)
    }
  }
}
