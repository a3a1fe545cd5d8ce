// SPDX-License-Identifier: Apache-2.0

/// What a successful look-up in IMDS says about a key: it has a value, or there is no such key.
///
/// A look-up that fails is neither: it throws. Taking failure for absence is how an ENI loses its
/// addresses to a busy metadata service. Whether absence means "never" or "not yet" is for the
/// caller to decide.
package enum Lookup<Value> {
  /// The key is there, with this value; an empty answer is present and empty.
  case present(Value)
  /// IMDS answered 404: there is no such key now.
  case absent
}

extension Lookup: Equatable where Value: Equatable {}
extension Lookup: Sendable where Value: Sendable {}
