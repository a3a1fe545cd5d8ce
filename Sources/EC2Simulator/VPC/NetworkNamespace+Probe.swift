// SPDX-License-Identifier: Apache-2.0

package import NetworkModel

extension NetworkNamespace {
  /// Sends `count` echo requests to `address` and waits for the replies, at most `timeout` for the
  /// last.
  ///
  /// They are sent from `source`, or from what the routes say when it is nil.
  package func probe(
    _ address: IPAddress,
    from source: IPAddress? = nil,
    count: Int = 3,
    interval: Duration = .milliseconds(50),
    timeout: Duration = .seconds(1)
  ) throws -> ProbeReport {
    try startProbing(address, from: source, every: interval)
      .stop(after: count, within: timeout + interval * (count - 1))
  }

  /// Starts to send an echo request every `interval` until it is stopped.
  package func startProbing(
    _ address: IPAddress,
    from source: IPAddress? = nil,
    every interval: Duration = .milliseconds(50)
  ) throws -> ContinuousProbe {
    try ContinuousProbe(self, address, source, interval)
  }
}
