// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The content of `/run/cloud-init/instance-data.json`, made from the tree that IMDS serves.
///
/// The shape follows cloud-init's `MetadataMaterializer` (cloudinit/sources/helpers/ec2.py): a
/// directory is an object, a value of one line is a string, a value of several lines is a list, and
/// a value that is a JSON object stays one. A file that a test makes is therefore as complete as
/// the metadata, and has no key in a form that cloud-init does not write.
package struct InstanceData: Sendable {
  private let tree: MetadataTree

  /// The file that cloud-init writes when it reads the metadata of `instance` with `interfaces`.
  package init(of instance: SimulatedInstance, interfaces: [SimulatedENI]) {
    tree = MetadataTree(instance: instance, interfaces: interfaces.map { ($0, .seconds(3600)) })
  }

  /// Replaces the value at a path such as `meta-data/mac`, or removes it with nil.
  package func overriding(_ path: String, with text: String?) -> Self {
    var copy = tree
    copy.override(path, with: text)
    return Self(tree: copy)
  }

  private init(tree: MetadataTree) { self.tree = tree }

  /// The file's content.
  ///
  /// - Throws: an error of `JSONSerialization`.
  package func json() throws -> String {
    let metadata = value(at: "meta-data")
    let document: [String: Any] = [
      "base64_encoded_keys": [String](),
      "ds": [
        "_doc": "EXPERIMENTAL: The structure and format of content scoped under the 'ds' key may "
          + "change in subsequent releases of cloud-init.",
        "_metadata_api_version": "2021-03-23",
        "dynamic": value(at: "dynamic"),
        "meta_data": metadata,
      ],
      "sensitive_keys": ["merged_cfg", "ds/meta_data/security-credentials"],
      "v1": [
        "cloud_id": "aws", "cloud_name": "aws", "platform": "ec2",
        "subplatform": "metadata (http://169.254.169.254)",
        "instance_id": value(at: "meta-data/instance-id"),
        "region": value(at: "meta-data/placement/region"),
      ],
    ]
    let data = try JSONSerialization.data(
      withJSONObject: document,
      options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    )
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  private func value(at path: String) -> Any {
    switch tree.node(at: path) {
    case nil: return ""
    case .leaf(let text): return decoded(text)
    case .directory(let names):
      let keys = names.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
      return Dictionary(uniqueKeysWithValues: keys.map { ($0, value(at: "\(path)/\($0)")) })
    }
  }

  private func decoded(_ text: String) -> Any {
    if text.hasPrefix("{"), let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) {
      return object
    }
    guard text.contains("\n") else { return text }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }
}
