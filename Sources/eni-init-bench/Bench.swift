// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import Foundation
import NetworkModel

/// Prints what eni-init costs, whole processes, medians of 20 runs: goals of a benchmark, never
/// asserts, since machines are shared and noisy.
@main
struct Bench {
  private static let runs = 20

  static func main() {
    do {
      try run()
    } catch {
      FileHandle.standardError.write(Data("eni-init-bench: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func run() throws {
    guard CommandLine.arguments.count == 3 else {
      let usage = "usage: eni-init-bench PATH-OF-ENI-INIT DIRECTORY-OF-AMAZON-EC2-NET-UTILS\n"
      FileHandle.standardError.write(Data(usage.utf8))
      exit(64)
    }
    let program = URL(fileURLWithPath: CommandLine.arguments[1]).path
    let peer = Peer(directory: URL(fileURLWithPath: CommandLine.arguments[2]).path)
    print("whole process, median of \(runs) (minimum to maximum)\n")
    try version(program)
    try attach(program)
    for count in [1, 15, 64] { try refresh(program, count) }
    try router(program)
    try Comparison(program: program, peer: peer, runs: runs).run()
    sizes()
  }

  private static func version(_ program: String) throws {
    let costs = try (0..<runs).map { _ in try Cost.of([program, "--version"]) }
    Figure("eni-init --version, wall", "ms", costs.map(\.wall), goal: 5).print()
  }

  /// The program's own attach of a held ENI with settled facts, on a machine in a box.
  private static func attach(_ program: String) throws {
    let stage = try Stage(program: program, conditions: .quiet, second: .plainSecond())
    defer { stage.close() }
    try stage.keepUnitsFromAttaching()
    var costs: [Cost] = []
    var unchanged: [Cost] = []
    var requests: [Double] = []
    var replies: [Double] = []
    for _ in 0..<runs {
      try stage.plugUnconfigured()
      stage.cloud.imds.clearLog()
      let start = ContinuousClock.now
      costs.append(try Cost.of(["/usr/sbin/eni-init", "attach", "ens6"], in: stage.instance))
      requests.append(Double(stage.cloud.imds.log.count))
      try answer(stage)
      replies.append((ContinuousClock.now - start) / .milliseconds(1))
      unchanged.append(try Cost.of(["/usr/sbin/eni-init", "attach", "nic1"], in: stage.instance))
      try stage.forget()
    }
    let memory = try (0..<5).map { _ in
      try stage.plugUnconfigured()
      defer { try? stage.forget() }
      return try Cost.memory(of: ["/usr/sbin/eni-init", "attach", "ens6"], in: stage.instance)
    }
    let reload = try (0..<runs).map { _ in
      try Cost.of(["networkctl", "reload"], in: stage.instance).cpu
    }
    Figure("attach: IMDS requests", "", requests, goal: 8).print()
    Figure("attach: CPU, with its child", "ms", costs.map(\.cpu), goal: 15).print()
    Figure("  of which networkctl reload, alone", "ms", reload, goal: nil).print()
    Figure("attach: peak memory", "MiB", memory, goal: 16).print()
    Figure("attach: wall", "ms", costs.map(\.wall), goal: nil).print()
    Figure("attach begun until the address answers", "ms", replies, goal: nil).print()
    Figure("unchanged attach: CPU", "ms", unchanged.map(\.cpu), goal: nil).print()
    let children = try stage.childrenOfAttach()
    Figure("attach: child processes", "", [Double(children)], goal: 1).print()
  }

  /// An unchanged refresh of many ENIs, each with ten addresses, and a boot with all of them on disk.
  private static func refresh(_ program: String, _ count: Int) throws {
    let stage = try Stage(program: program, conditions: .quiet, second: .plainSecond())
    defer { stage.close() }
    try stage.plug(many: count)
    var costs: [Cost] = []
    var requests: [Double] = []
    for _ in 0..<runs {
      stage.cloud.imds.clearLog()
      costs.append(try Cost.of(["/usr/sbin/eni-init", "refresh"], in: stage.instance))
      requests.append(Double(stage.cloud.imds.log.count))
    }
    let isBound = count == 15
    let name = "unchanged refresh of \(count) ENIs:"
    Figure("\(name) IMDS requests", "", requests, goal: isBound ? 1 + 8 * 15 : nil).print()
    Figure("\(name) CPU", "ms", costs.map(\.cpu), goal: isBound ? 30 : nil).print()
    Figure("  of which in user mode", "ms", costs.map(\.user), goal: nil).print()
    Figure("\(name) wall", "ms", costs.map(\.wall), goal: nil).print()
    try look(stage, "status", count, goal: count == 1 ? 20 : nil)
    guard isBound else { return }
    for command in ["check", "map"] { try look(stage, command, count, goal: nil) }
    let children = try stage.children(of: ["eni-init", "refresh"])
    Figure("\(name) child processes", "", [Double(children)], goal: 0).print()
    let boots = try (0..<runs).map { _ in
      try Cost.of(["/usr/sbin/eni-init", "boot"], in: stage.instance).wall
    }
    Figure("boot with \(count) ENIs on disk, wall", "ms", boots, goal: 30).print()
  }

  /// An unchanged refresh on a router with a full table.
  private static func router(_ program: String) throws {
    let stage = try Stage(program: program, conditions: .quiet, second: .plainSecond())
    defer { stage.close() }
    try stage.plug(many: 1)
    try stage.fillMain(with: 1_000_000)
    let words = ["/usr/sbin/eni-init", "refresh"]
    let costs = try (0..<runs).map { _ in try Cost.of(words, in: stage.instance) }
    let memory = try (0..<5).map { _ in try Cost.memory(of: words, in: stage.instance) }
    let name = "unchanged refresh beside 1,000,000 routes:"
    Figure("\(name) CPU", "ms", costs.map(\.cpu), goal: 30).print()
    Figure("\(name) peak memory", "MiB", memory, goal: 24).print()
  }

  private static func look(
    _ stage: Stage,
    _ command: String,
    _ count: Int,
    goal: Double?
  ) throws {
    let costs = try (0..<runs).map { _ in
      try Cost.of(["/usr/sbin/eni-init", command], in: stage.instance).wall
    }
    Figure("\(command) of \(count) ENIs, wall", "ms", costs, goal: goal).print()
  }

  private static func answer(_ stage: Stage) throws {
    guard let address = IPAddress("10.0.1.10") else { return }
    try Condition.wait(until: "\(address) answers") {
      try stage.cloud.probeFromInternet(address, count: 1).isLossless
    }
  }

  private static func sizes() {
    let package = (try? FileManager.default.contentsOfDirectory(atPath: ".build"))?
      .first { $0.hasPrefix("eni-init_") && $0.hasSuffix(".deb") }
    guard let package, let words = try? Program(["dpkg-deb", "-I", ".build/\(package)"]).run(),
      let bytes = try? FileManager.default.attributesOfItem(atPath: ".build/\(package)")[.size]
        as? Int
    else { return print("no package: run `make deb` first for its sizes") }
    Figure("package", "MiB", [Double(bytes) / 1_048_576], goal: 6).print()
    let installed = words.split(separator: "\n").first { $0.contains("Installed-Size:") }?
      .split(separator: " ").last.flatMap { Double($0) }
    if let installed { Figure("installed", "MiB", [installed / 1024], goal: 20).print() }
  }
}
