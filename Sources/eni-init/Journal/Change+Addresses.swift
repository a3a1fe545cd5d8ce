// SPDX-License-Identifier: Apache-2.0
import NetworkModel

extension [Change] {
  /// The addresses that came by these changes, for the journal; empty for none.
  var added: String {
    list {
      switch $0 {
      case .addAddress(let prefix, _, _), .addDeprecatedAddress(let prefix, _, _): prefix
      default: nil
      }
    }
  }

  /// The addresses that went by them.
  var withdrawn: String {
    list {
      guard case .removeAddress(let prefix, _, _) = $0 else { return nil }
      return prefix
    }
  }

  private func list(_ address: (Change) -> IPPrefix?) -> String {
    compactMap(address).map(\.description).joined(separator: ", ")
  }
}
