// SPDX-License-Identifier: Apache-2.0

/// An address or a delegated prefix of an ENI on a map.
struct MappedAddress: Hashable {
  /// The address as it is on the link, the address alone when it is not there, or the prefix.
  let text: String
  /// Its Elastic IP, or other public address.
  let elasticIP: String?
  /// What is special about it: that it is a prefix, that it is missing, that it leaves elsewhere.
  let remark: Remark?

  /// Whether it does not do what it shall.
  var isBad: Bool { remark?.meaning == .bad }

  /// Whether there is nothing to say of it but itself.
  var isPlain: Bool { elasticIP == nil && remark == nil }
}
