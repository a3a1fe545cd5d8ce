// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Planning
import Rendering
import Rtnetlink

/// What every command works on: the host's files, its records, its configuration.
struct Host {
  /// The host's files.
  let files: FileStore
  /// The files that the program generates.
  let generated: GeneratedFiles
  /// The ENIs known from earlier.
  let records: RecordStore
  /// Makes plans.
  let planner: Planner
  /// What the administrator has decided.
  let configuration: Configuration
  /// Where messages go.
  let log: Log

  private let lockPath: String

  /// The host below `root`, as its configuration says.
  ///
  /// - Throws: ``ConfigurationError`` when that has an error; then nothing may be changed.
  init(root: String, isRunning: Bool = true, log: Log = .standard) throws {
    let files = FileStore(root: root)
    try self.init(
      root: root,
      configuration: Configuration(files),
      isRunning: isRunning,
      log: log
    )
  }

  /// The host below `root`, as this configuration says; `isRunning` is false for an image on a disk.
  init(
    root: String,
    configuration: Configuration,
    isRunning: Bool = true,
    log: Log = .standard
  ) throws {
    files = FileStore(root: root)
    var isReported = false
    generated = GeneratedFiles(files, mayKeepInMemory: isRunning) { refusal in
      guard !isReported else { return }
      isReported = true
      log.notice(
        "cannot \(refusal.operation) \(refusal.subject) (\(refusal.reason)): the configuration is kept "
          + "below /run for this boot, and moves to disk when the disk accepts it",
        .keptInMemory,
        [.file: refusal.subject, .reason: refusal.reason]
      )
    }
    records = RecordStore(generated)
    self.configuration = configuration
    planner = Planner(configuration.policy, families: try HostFamilies.spoken(files))
    self.log = log
    lockPath = (root == "/" ? "" : root) + "/run/eni-init/lock"
  }

  /// Runs `body` while this process holds the lock of all runs; another run may keep it waiting
  /// for as long as `patience` says.
  func locked<Value>(within patience: Duration, _ body: () throws -> Value) throws -> Value {
    let lock = try FileLock(lockPath, deadline: .now + patience)
    defer { extendLifetime(lock) }
    return try body()
  }

  /// The instance id that the hypervisor shows, without a network.
  ///
  /// - Throws: ``AttachFailure/noIdentity`` where it shows none.
  func identity() throws -> InstanceID {
    guard let instance = try HostIdentity.instanceID(files) else { throw AttachFailure.noIdentity }
    return instance
  }

  /// Whether an ENI has rules that a stack may remove whenever it is at work on another link.
  ///
  /// So after anything that sets it to work, a refresh has to look whether they are still there.
  func hasForeignRules(of instance: InstanceID) throws -> Bool {
    let state = KernelState(links: try RouteSocket().links())
    return try records.records(of: instance).contains { record in
      guard record.role == .secondary, let link = state.link(mac: record.mac), link.isUp else {
        return false
      }
      return try stacks.contains { try $0.activator.mayLoseRules(of: link) }
    }
  }

  /// Whether an ENI is a port of another device, which is said then: the ENI is left to that.
  func leavesPort(_ mac: MACAddress) throws -> Bool {
    let links = try RouteSocket().links()
    guard let link = ENILinks(links)[mac],
      let reason = Refusal.reason(forPort: link, among: links)
    else { return false }
    log.notice(
      "\(link.name) (\(mac)) is left alone: \(reason)",
      .enslaved,
      about: [Subject(link)],
      [.reason: reason]
    )
    return true
  }

  /// Whether kernel, files, and record are as planned.
  func isInForce(
    _ plan: InterfacePlan,
    _ state: KernelIndex,
    _ renderer: any Renderer,
    of instance: InstanceID
  ) throws -> Bool {
    guard Difference(plan, state: state, isNew: false)?.isEmpty ?? true else { return false }
    return try isOnDisk(plan, renderer, of: instance)
  }

  /// Whether files and record are as planned, on disk.
  func isOnDisk(
    _ plan: InterfacePlan,
    _ renderer: any Renderer,
    of instance: InstanceID
  ) throws -> Bool {
    guard try records.has(InterfaceRecord(plan), of: instance) else { return false }
    return try renderer.files(for: plan, instance: instance).allSatisfy(generated.isOnDisk)
  }

  /// Whether a link does not carry the plan's configuration yet, so that it may be taken down.
  ///
  /// A live link may not: taking it down flushes its routes, and a stack that applies its file would
  /// cost it packets (systemd 252: some 60 ms). Live is one that has all that is planned, and, of
  /// those on record, one that the stack configures from the plan's file and one that we have
  /// configured while the stack leaves it alone. An ENI that is back after it was forgotten is not on
  /// record, but the stack may still remember its file.
  func isNew(
    _ link: Link,
    to plan: InterfacePlan,
    of instance: InstanceID,
    in state: KernelState
  ) throws -> Bool {
    if Difference(plan, state: state, isNew: false)?.isComplete ?? false { return false }
    guard try records.records(of: instance).contains(where: { $0.mac == plan.mac }) else {
      return true
    }
    let activator = try stack(primary: state.link(mac: plan.primaryMAC)).activator
    if try activator.configures(link, as: plan.name) { return false }
    let hasOurs = plan.addresses.contains {
      state.addresses.contains(.init(link: link.index, prefix: $0))
    }
    return try !(hasOurs && !activator.manages(link))
  }
}
