// SPDX-License-Identifier: Apache-2.0

package import NetworkModel

/// Waits until IMDS tells the facts of an ENI that was just attached.
///
/// After an attachment IMDS is behind for some seconds: the MAC is not listed, the device number
/// is 0, addresses are missing. Read too early, such facts give two ENIs one route table. So the
/// ENI is read again, ever less often, until a reading is complete and believable. A good first
/// reading costs no second one.
package struct FactsSettling {
  private let policy: SettlingPolicy
  private let timekeeper: Timekeeper
  private let read: Read

  /// Makes one reading: MAC, whether it is the primary, whether `network-card` is expected.
  typealias Read = (
    MACAddress, Bool, () throws(IMDSError) -> Bool, Patience
  ) throws(IMDSError) -> InterfaceReading

  /// Settling by reading `metadata`.
  ///
  /// - Parameters:
  ///   - metadata: What to read.
  ///   - policy: How long to wait between readings.
  ///   - timekeeper: The clock; the same as the client's.
  package init(
    metadata: InstanceMetadata,
    policy: SettlingPolicy = SettlingPolicy(),
    timekeeper: Timekeeper = .system
  ) {
    self.init(policy: policy, timekeeper: timekeeper) {
      (mac, isPrimary, networkCardExpected, patience) throws(IMDSError) in
      try metadata.read(
        mac: mac,
        isPrimary: isPrimary,
        networkCardExpected: try networkCardExpected(),
        patience: patience
      )
    }
  }

  init(policy: SettlingPolicy, timekeeper: Timekeeper, read: @escaping Read) {
    self.policy = policy
    self.timekeeper = timekeeper
    self.read = read
  }

  /// Waits for the facts of one ENI, blocking at most until `deadline`.
  ///
  /// - Parameters:
  ///   - mac: Which ENI.
  ///   - isPrimary: Whether `mac` is the primary ENI's.
  ///   - networkCardExpected: Whether this instance type has the key `network-card`.
  ///   - deadline: When to give up.
  ///   - isLinkPresent: Asked before every request and every wait; when it says no, the wait ends.
  ///   - onWait: Told before each wait why and how long.
  /// - Returns: The facts. They are those of an EFA-only ENI, with no addresses, when readings
  ///   have agreed on that for the policy's time.
  /// - Throws: ``IMDSError/notSettled(_:_:waited:)`` at the deadline, ``IMDSError/linkGone(_:)``
  ///   without the link, and whatever a reading throws.
  package func settle(
    mac: MACAddress,
    isPrimary: Bool,
    networkCardExpected: @escaping @autoclosure () throws(IMDSError) -> Bool,
    deadline: ContinuousClock.Instant,
    isLinkPresent: @escaping () -> Bool,
    onWait: (Unsettled, Duration) -> Void = { _, _ in }
  ) throws(IMDSError) -> SettledInterface {
    let start = timekeeper.now()
    let patience = Patience(until: deadline, while: isLinkPresent)
    var progress = SettlingProgress(policy: policy, deadline: deadline)
    var lastReason: Unsettled?
    while isLinkPresent() {
      let reading: InterfaceReading
      do throws(IMDSError) {
        reading = try read(mac, isPrimary, networkCardExpected, patience)
      } catch {
        guard isLinkPresent() else { break }
        // What was missing says more than that the deadline came while it was asked for again.
        guard case .failed(_, .outOfTime, _) = error, let lastReason else { throw error }
        throw .notSettled(mac, lastReason, waited: start.duration(to: timekeeper.now()))
      }
      let now = timekeeper.now()
      switch progress.judge(reading, at: now) {
      case .accept(let interface):
        return SettledInterface(
          interface: interface,
          readings: progress.readings,
          waited: start.duration(to: now)
        )
      case .giveUp(let reason):
        throw .notSettled(mac, reason, waited: start.duration(to: now))
      case .wait(let reason, let delay):
        guard isLinkPresent() else { break }
        lastReason = reason
        onWait(reason, delay)
        timekeeper.sleep(delay)
      }
    }
    throw .linkGone(mac)
  }
}
