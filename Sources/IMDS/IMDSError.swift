// SPDX-License-Identifier: Apache-2.0

package import NetworkModel

/// What can go wrong between a question about an ENI and its answer.
///
/// Every case means *unknown*, never *absent*: nothing may be removed because of one.
package enum IMDSError: Error, Hashable, Sendable {
  /// 403: IMDS is turned off for this instance, or refuses this request. Trying again is useless
  /// until somebody changes the instance's metadata options.
  case denied(path: String)
  /// 401 twice: a token fresh from IMDS was not accepted by IMDS.
  case tokenRejected(path: String)
  /// No usable answer after this many attempts; the last one failed so.
  case failed(path: String, RequestFailure, attempts: Int)
  /// The key's value is not what the key is documented to hold. `expected` says what that is.
  case malformed(key: String, value: UntrustedText, expected: String)
  /// A key that every instance has is not there.
  case missing(path: String)
  /// The link went away while its facts were waited for: there is nothing left to configure.
  case linkGone(MACAddress)
  /// The facts were not complete and believable when the time was over.
  case notSettled(MACAddress, Unsettled, waited: Duration)

  /// Whether the metadata service said nothing about the ENI: it is off, gone, or overloaded.
  package var isSilence: Bool {
    switch self {
    case .denied, .tokenRejected, .failed: true
    case .malformed, .missing, .linkGone, .notSettled: false
    }
  }

  /// Whether the same question may be answered later without anybody changing anything.
  package var isTransient: Bool {
    switch self {
    case .failed(_, let failure, _): failure.isTransient
    case .notSettled: true
    case .denied, .tokenRejected, .malformed, .missing, .linkGone: false
    }
  }
}

extension IMDSError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .denied(let path):
      """
      IMDS refused \(path) (HTTP 403): the metadata service is turned off or the request is not \
      allowed; check `aws ec2 describe-instances --query '…MetadataOptions'`
      """
    case .tokenRejected(let path):
      """
      IMDS rejected its own fresh session token for \(path) (HTTP 401 twice); \
      check that nothing between eni-init and IMDS changes requests
      """
    case .failed(let path, let failure, let attempts):
      "cannot read \(path) from IMDS after \(Self.count(attempts, "attempt")): \(failure)"
    case .malformed(let key, let value, let expected):
      """
      IMDS key \(key) holds \(value), expected \(expected); nothing is changed for it, \
      compare with `aws ec2 describe-network-interfaces`
      """
    case .missing(let path):
      "IMDS has no \(path) (HTTP 404); check that this is an EC2 instance"
    case .linkGone(let mac):
      "the link with MAC \(mac) went away while its facts were awaited; nothing is left to do"
    case .notSettled(let mac, let reason, let waited):
      "the facts of the ENI with MAC \(mac) are not settled after \(waited): \(reason); "
        + reason.advice
    }
  }

  private static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)" + (number == 1 ? "" : "s")
  }
}
