// SPDX-License-Identifier: Apache-2.0

import NetworkModel
import Testing

@testable import IMDS

@Suite("Settling of an ENI's facts")
struct FactsSettlingTests {
  private let clock = FakeClock()
  private let mac: MACAddress
  private let complete: NetworkInterface
  private let bare: NetworkInterface

  init() throws {
    mac = try #require(MACAddress("02:00:00:00:00:01"))
    let facts = { [mac] (values: [InterfaceKey: String]) in
      try InterfaceFacts(
        mac: mac,
        isPrimary: false,
        networkCardExpected: false,
        values: values
      ).reading()
    }
    guard case .settled(let complete) = try facts(InterfaceFactsTests.plain),
      case .unsettled(.noAddresses(let bare)) = try facts(
        InterfaceFactsTests.plain.filter { $0.key != .localIPv4s }
      )
    else { throw IMDSError.missing(path: "fixture") }
    self.complete = complete
    self.bare = bare
  }

  /// Settles over what IMDS says at each time after the start.
  private func settle(
    _ deadline: Duration = .seconds(30),
    isLinkPresent: @escaping () -> Bool = { true },
    onWait: (Unsettled, Duration) -> Void = { _, _ in },
    reading: @escaping (Duration) throws(IMDSError) -> InterfaceReading
  ) throws(IMDSError) -> SettledInterface {
    let start = clock.now
    let settling = FactsSettling(policy: SettlingPolicy(), timekeeper: clock.timekeeper) {
      [clock] (_, _, _, _) throws(IMDSError) in try reading(start.duration(to: clock.now))
    }
    return try settling.settle(
      mac: mac,
      isPrimary: false,
      networkCardExpected: false,
      deadline: start + deadline,
      isLinkPresent: isLinkPresent,
      onWait: onWait
    )
  }

  @Test("one complete reading is enough")
  func atOnce() throws {
    let result = try settle { [complete] _ in .settled(complete) }
    #expect(result == SettledInterface(interface: complete, readings: 1, waited: .zero))
    #expect(clock.waits.isEmpty)
  }

  @Test("waits double from 50 ms to 1 s, and each says why")
  func waits() throws {
    var reasons: [Unsettled] = []
    let result = try settle(
      onWait: { reason, _ in reasons.append(reason) },
      reading: { [complete] time in
        if time < .milliseconds(100) { return .unsettled(.notListed) }
        if time < .seconds(4) { return .unsettled(.deviceNumberNotBelievable(0)) }
        return .settled(complete)
      }
    )
    #expect(
      clock.waits == [50, 100, 200, 400, 800, 1000, 1000, 1000, 500].map { .milliseconds($0) }
    )
    #expect(reasons.prefix(2) == [.notListed, .notListed])
    #expect(reasons.dropFirst(2).dropLast().allSatisfy { $0 == .deviceNumberNotBelievable(0) })
    #expect(reasons.last == .moving(candidate: complete))
    #expect(result.interface == complete)
    #expect(result.waited == .milliseconds(5050))
    #expect(result.readings == 10)
  }

  @Test("facts that were seen to move are believed when they have stood for half a second")
  func movingFacts() throws {
    let partial = NetworkInterface(
      id: complete.id,
      mac: complete.mac,
      attachment: try #require(Attachment(networkCard: 0, deviceNumber: 7)),
      ipv4: complete.ipv4,
      ipv6: nil
    )
    let result = try settle { [complete] time in
      if time < .milliseconds(100) { return .unsettled(.notListed) }
      return .settled(time < .milliseconds(400) ? partial : complete)
    }
    #expect(result.interface == complete)
    #expect(result.waited < .milliseconds(1700))
  }

  @Test("complete facts are taken at the deadline, standing or not")
  func movingAtDeadline() throws {
    let result = try settle(.milliseconds(400)) { [complete] time in
      time < .milliseconds(100) ? .unsettled(.notListed) : .settled(complete)
    }
    #expect(result.interface == complete)
    #expect(result.waited < .milliseconds(400))
  }

  @Test("an ENI whose readings agree for 3 s that it has no address is EFA-only")
  func efaOnly() throws {
    let result = try settle { [bare] _ in .unsettled(.noAddresses(candidate: bare)) }
    #expect(result.interface == bare)
    #expect(result.interface.families.isEmpty)
    #expect(result.waited >= .seconds(3) && result.waited < .seconds(4))
  }

  @Test("addresses that come within the 3 s are not missed")
  func lateAddresses() throws {
    let result = try settle { [bare, complete] time in
      time < .milliseconds(2900) ? .unsettled(.noAddresses(candidate: bare)) : .settled(complete)
    }
    #expect(result.interface == complete)
  }

  @Test("a reading in between that disagrees starts the 3 s anew")
  func disagreement() throws {
    var flaps = 0
    let result = try settle { [bare] time in
      if time > .seconds(2), flaps == 0 {
        flaps += 1
        return .unsettled(.keyVanished(.interfaceID))
      }
      return .unsettled(.noAddresses(candidate: bare))
    }
    #expect(result.waited > .seconds(5))
  }

  @Test("candidates that differ never agree")
  func differentCandidates() throws {
    let other = NetworkInterface(
      id: bare.id,
      mac: bare.mac,
      attachment: try #require(Attachment(networkCard: 1, deviceNumber: 1)),
      ipv4: nil,
      ipv6: nil
    )
    var isOther = false
    let error = #expect(throws: IMDSError.self) {
      try settle { [bare] _ in
        isOther.toggle()
        return .unsettled(.noAddresses(candidate: isOther ? other : bare))
      }
    }
    guard case .notSettled(_, .noAddresses, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("readings go on until just before the deadline, and the last reason is the error's")
  func deadline() throws {
    var times: [Duration] = []
    let error = #expect(throws: IMDSError.self) {
      try settle(.milliseconds(1200)) { time in
        times.append(time)
        return .unsettled(.networkCardMissing)
      }
    }
    let last = try #require(times.last)
    #expect(last > .milliseconds(1100) && last < .milliseconds(1200))
    #expect(error == .notSettled(mac, .networkCardMissing, waited: last))
  }

  @Test("a link that is gone before the start ends it without a request")
  func linkGoneBefore() throws {
    #expect(throws: IMDSError.linkGone(mac)) {
      try settle(
        isLinkPresent: { false },
        reading: { _ in
          Issue.record("read")
          return .unsettled(.notListed)
        }
      )
    }
  }

  @Test("a link that goes while its facts are awaited ends the wait")
  func linkGoneInside() throws {
    let start = clock.now
    #expect(throws: IMDSError.linkGone(mac)) {
      try settle(
        isLinkPresent: { [clock] in start.duration(to: clock.now) < .seconds(2) },
        reading: { _ in .unsettled(.notListed) }
      )
    }
    #expect(start.duration(to: clock.now) < .milliseconds(2600))
  }

  @Test("a failure because the link went is that the link went")
  func failureOfGoneLink() throws {
    var isPresent = true
    #expect(throws: IMDSError.linkGone(mac)) {
      try settle(
        isLinkPresent: { isPresent },
        reading: { _ throws(IMDSError) in
          isPresent = false
          throw .failed(path: "/x", .outOfTime, attempts: 0)
        }
      )
    }
  }

  @Test("a deadline that comes within a reading leaves the reason before it")
  func deadlineInsideReading() throws {
    let error = #expect(throws: IMDSError.self) {
      try settle { time throws(IMDSError) in
        guard time > .zero else { return .unsettled(.notListed) }
        throw .failed(path: "/x", .outOfTime, attempts: 0)
      }
    }
    #expect(error == .notSettled(mac, .notListed, waited: .milliseconds(50)))
  }

  @Test("what a reading throws is thrown at once")
  func failures() throws {
    #expect(throws: IMDSError.denied(path: "/x")) {
      try settle { _ throws(IMDSError) in throw .denied(path: "/x") }
    }
    #expect(clock.waits.isEmpty)
  }
}
