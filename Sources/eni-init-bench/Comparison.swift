// SPDX-License-Identifier: Apache-2.0
import EC2Simulator

/// What one run of eni-init and of a peer costs for the same ENI, an additional one of two addresses.
struct Comparison {
  let program: String
  let peer: Peer
  let runs: Int

  /// The runs of one program for one purpose, and how many processes one of them starts.
  private struct Runs {
    var costs: [Cost] = []
    var requests: [Double] = []
    var children = 0

    mutating func add(_ stage: Stage, _ words: [String]) throws {
      stage.cloud.imds.clearLog()
      costs.append(try Cost.of(words, in: stage.instance))
      requests.append(Double(stage.cloud.imds.log.count))
    }
  }

  func run() throws {
    print("\nbeside amazon-ec2-net-utils \(try peer.version()), for one ENI of two addresses\n")
    let (attach, refresh) = try own()
    let (peerAttach, peerRefresh) = try others()
    report("attach", attach, peerAttach)
    report("unchanged refresh", refresh, peerRefresh)
    print("")
  }

  private func own() throws -> (attach: Runs, refresh: Runs) {
    let stage = try Stage(program: program, conditions: .quiet, second: .plainSecond())
    defer { stage.close() }
    try stage.keepUnitsFromAttaching()
    var (attach, refresh) = (Runs(), Runs())
    for _ in 0..<runs {
      try stage.plugUnconfigured()
      try attach.add(stage, ["/usr/sbin/eni-init", "attach", "ens6"])
      try refresh.add(stage, ["/usr/sbin/eni-init", "refresh"])
      try stage.forget()
    }
    attach.children = try stage.childrenOfAttach()
    refresh.children = try stage.children(of: ["eni-init", "refresh"])
    return (attach, refresh)
  }

  private func others() throws -> (attach: Runs, refresh: Runs) {
    let stage = try Stage(program: nil, conditions: .quiet, second: .plainSecond())
    defer { stage.close() }
    try peer.install(on: stage.instance)
    try stage.plug(stage.second, as: "ens6")
    try Condition.wait(until: "the ENI has its lease") {
      try stage.shell("ip address show dev ens6").contains("10.0.1.10/")
    }
    var (attach, refresh) = (Runs(), Runs())
    for _ in 0..<runs {
      try attach.add(stage, peer.attach("ens6"))
      try refresh.add(stage, peer.refresh("ens6"))
      try peer.forget("ens6", on: stage)
    }
    attach.children = try stage.children(of: peer.attach("ens6"))
    refresh.children = try stage.children(of: peer.refresh("ens6"))
    return (attach, refresh)
  }

  private func report(_ name: String, _ own: Runs, _ other: Runs) {
    for (quantity, unit, values) in [
      ("CPU", "ms", (own.costs.map(\.cpu), other.costs.map(\.cpu))),
      ("wall", "ms", (own.costs.map(\.wall), other.costs.map(\.wall))),
      ("IMDS requests", "", (own.requests, other.requests)),
      ("child processes", "", ([Double(own.children)], [Double(other.children)])),
    ] {
      Figure("\(name): \(quantity)", unit, values.0, goal: nil).print(beside: values.1)
    }
  }
}
