// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// Everything that makes replies symmetric, verified: pure, so each check is told by its input.
package struct Checkup {
  let view: HostView
  let surroundings: Surroundings

  /// The check-up of a host.
  package init(_ view: HostView, _ surroundings: Surroundings) {
    self.view = view
    self.surroundings = surroundings
  }

  /// What was found, the gravest first, otherwise in the order of the checks.
  package var findings: [Finding] {
    let all =
      metadata + presence + slots + drift + shortfalls + replies + defaultRoutes + kernelSettings
      + leases
      + rivals + services
    return all.filter { $0.id.severity == .problem } + all.filter { $0.id.severity == .warning }
  }

  /// The ENIs that are ours to configure.
  var secondaries: [ENIView] { view.enis.filter { $0.role == .secondary } }

  /// Those of them that are meant to carry traffic.
  var configured: [ENIView] {
    secondaries.filter { $0.link != nil && $0.ignoredBy == nil && !$0.addresses.isEmpty }
  }
}
