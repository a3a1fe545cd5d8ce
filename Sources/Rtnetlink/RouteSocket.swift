// SPDX-License-Identifier: Apache-2.0

import CNetlink
package import NetworkModel

/// The kernel's network configuration over rtnetlink(7), in the network namespace of the thread
/// that opened it.
///
/// One request at a time; each call blocks for at most the timeout per attempt. Reading needs no
/// privilege, changing needs CAP_NET_ADMIN. Not `Sendable`: a second thread opens its own.
package final class RouteSocket: KernelConfiguration {
  /// How often an interrupted or overrun list is read before the caller hears of it.
  private static let attempts = 5
  /// A table with more routes than this is a router's.
  private static let smallTable = 1024

  private var socket: NetlinkSocket
  private let timeout: Duration
  private var sequence: UInt32 = 0
  /// Whether the last list was longer than its limit.
  private var isCut = false

  /// A socket whose requests are answered within `timeout` or fail.
  ///
  /// The kernel answers in microseconds, but behind the lock that a driver may hold for as long as
  /// it resets a device; hence seconds.
  package init(timeout: Duration = .seconds(5)) throws(RtnetlinkError) {
    self.timeout = timeout
    socket = try NetlinkSocket(timeout: timeout)
  }

  /// All links.
  ///
  /// Equivalent to: ip link show
  package func links() throws(RtnetlinkError) -> [Link] {
    try read(.links).links
  }

  /// All links, and the addresses of both families.
  ///
  /// Equivalent to: ip link show; ip address show
  package func addresses() throws(RtnetlinkError) -> KernelState {
    var state = try read(.links)
    for family in AddressFamily.allCases {
      state.addresses += try read(.addresses(family)).addresses
    }
    return state
  }

  /// Links, addresses, routes and rules of both families; a family that the kernel lacks has none.
  ///
  /// Equivalent to: ip link show; ip address show; ip route show table TABLE; ip rule show
  package func snapshot(_ scope: RouteScope) throws(RtnetlinkError) -> KernelState {
    var state = try read(.links)
    for family in AddressFamily.allCases {
      let part = try read(.addresses(family))
      state.addresses += part.addresses
      state.leases.formUnion(part.leases)
      state.deprecated.formUnion(part.deprecated)
      state.rules += try read(.rules(family)).rules
    }
    for family in AddressFamily.allCases {
      state.addRoutes(of: try routes(family, scope, state))
    }
    return state
  }

  private func routes(
    _ family: AddressFamily,
    _ scope: RouteScope,
    _ state: KernelState
  ) throws(RtnetlinkError) -> KernelState {
    guard case .enis(let tables, let macs) = scope else { return try read(.routes(family)) }
    var part = KernelState()
    for table in tables.union(state.tablesOfENIs).sorted() {
      part.addRoutes(of: try read(.routes(family, RouteFilter(table: table))))
    }
    let links = macs.compactMap { state.link(mac: $0)?.index }
    part.addRoutes(of: try mainRoutes(family, by: links, state))
    return part
  }

  /// Main whole when it is small; otherwise its default routes and what concerns `links`.
  ///
  /// The kernel walks a whole table to filter it, which takes some 70 ms for a million routes.
  private func mainRoutes(
    _ family: AddressFamily,
    by links: [Link.Index],
    _ state: KernelState
  ) throws(RtnetlinkError) -> KernelState {
    let start = try read(.routes(family, RouteFilter(table: .main)), limit: Self.smallTable)
    guard isCut else { return start }
    var part = KernelState()
    switch family {
    case .ipv4:
      // In the order of destinations, so those to 0.0.0.0/0 come first.
      part.routes = start.routes.filter { $0.route.destination.isDefault }
      part.savedRoutes = start.savedRoutes
      let leased = links.filter { link in
        state.leases.contains { $0.link == link } || part.routes.contains { $0.link == link }
      }
      for link in leased {
        part.routes += try read(.routes(family, RouteFilter(table: .main, link: link))).routes
          .filter { !$0.route.destination.isDefault }
      }
    case .ipv6:
      // The default routes come last. A routing daemon has a protocol number of its own.
      for source in [RouteProtocol.kernel, .boot, .static, .routerAdvertisement, .dhcp] {
        let filter = RouteFilter(table: .main, protocol: source)
        part.addRoutes(of: try read(.routes(family, filter)))
      }
    }
    return part
  }

  /// How a packet of this host would be sent.
  ///
  /// The source has to be an address of this host. That there is no way is an answer and no error; of a
  /// source that is not, the kernel says the same (EINVAL).
  ///
  /// Equivalent to: ip route get DESTINATION from SOURCE
  package func lookUp(_ question: RouteLookup.Question) throws(RtnetlinkError) -> RouteLookup {
    let operation = RtnetlinkError.Operation.lookUp(question)
    do throws(RtnetlinkError) {
      let messages = try ask(operation) { RouteMessage.lookUp(question, sequence: $0) }
      return try decode(messages, answering: question)
    } catch {
      // What a route of type unreachable, prohibit or blackhole, or none at all, is answered with.
      guard case .refused(_, let code, _) = error,
        [ENETUNREACH, EHOSTUNREACH, EACCES, EINVAL].contains(code)
      else { throw error }
      return RouteLookup(question, .isRefused, table: nil)
    }
  }

  private func decode(
    _ messages: [NetlinkMessage],
    answering question: RouteLookup.Question
  ) throws(RtnetlinkError) -> RouteLookup {
    do throws(MalformedMessage) {
      for message in messages {
        if let answer = try RouteMessage.decode(message, answering: question) { return answer }
      }
      throw .badValue("no route in the answer")
    } catch {
      throw .malformed(.lookUp(question), error)
    }
  }

  /// Makes one change; see ``KernelConfiguration/apply(_:)-(Change)``.
  ///
  /// Equivalent to: the command that the change's description is
  package func apply(_ change: Change) throws(RtnetlinkError) {
    do {
      _ = try ask(.change(change)) { change.request(sequence: $0) }
    } catch {
      guard case .refused(_, let code, _) = error, try isDone(change, despite: code) else {
        throw error
      }
    }
  }

  private func isDone(_ change: Change, despite code: Int32) throws(RtnetlinkError) -> Bool {
    if change.isAbsent(whenRefusedWith: code) { return true }
    guard code == EEXIST, let listing = change.listingOfRivals else { return false }
    return change.isInPlace(in: try read(listing))
  }

  /// Reads one list; when it changes meanwhile, again, up to a limit.
  ///
  /// One that is longer than `limit` is cut.
  private func read(_ listing: Listing, limit: Int = .max) throws(RtnetlinkError) -> KernelState {
    for attempt in 1... {
      do {
        let messages = try ask(.list(listing), limit: limit) { listing.request(sequence: $0) }
        return try decode(messages, of: listing)
      } catch {
        switch error {
        case .interrupted where attempt < Self.attempts: continue
        case .refused(_, let code, _) where listing.isEmpty(whenRefusedWith: code):
          return KernelState()
        default: throw error
        }
      }
    }
    throw .interrupted(.list(listing))
  }

  private func decode(
    _ messages: [NetlinkMessage],
    of listing: Listing
  ) throws(RtnetlinkError) -> KernelState {
    do { return try listing.decode(messages) } catch { throw .malformed(.list(listing), error) }
  }

  /// Sends a request and waits for the whole answer.
  private func ask(
    _ operation: RtnetlinkError.Operation,
    limit: Int = .max,
    request: (_ sequence: UInt32) -> [UInt8]
  ) throws(RtnetlinkError) -> [NetlinkMessage] {
    // 0 is what notifications carry.
    sequence = sequence == .max ? 1 : sequence + 1
    let deadline = Deadline(after: timeout)
    try socket.send(request(sequence))
    var reply = Reply(to: sequence)
    isCut = false
    while !reply.isComplete {
      guard reply.messages.count <= limit else {
        // The kernel would send the rest of the list before any other answer.
        socket = try NetlinkSocket(timeout: timeout)
        isCut = true
        break
      }
      guard !deadline.hasPassed else { throw .timedOut(operation) }
      switch try socket.receive() {
      case .foreign: continue
      case .nothing: throw .timedOut(operation)
      case .lost: throw .interrupted(operation)
      case .datagram(let datagram):
        do { try reply.take(datagram) } catch { throw RtnetlinkError(operation, error) }
      }
    }
    return reply.messages
  }
}

extension KernelState {
  fileprivate mutating func addRoutes(of part: KernelState) {
    routes += part.routes
    savedRoutes += part.savedRoutes
  }
}
