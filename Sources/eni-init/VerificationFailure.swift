// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// How the kernel's state differs from what was planned after all was applied.
enum VerificationFailure: Error, Hashable {
  /// These changes are still missing.
  case incomplete(InterfaceName, [Change])
  /// These default routes of main are gone; each as the change that would bring it back.
  case defaultRouteLost(InterfaceName, [Change])
  /// The ENI brought a default route into main.
  case secondDefaultRoute(InterfaceName)
}

extension VerificationFailure: CommandFailure {
  var exitStatus: ExitStatus { .undone }

  var description: String {
    switch self {
    case .incomplete(let name, let missing):
      "\(name) was configured, but the kernel still lacks: "
        + missing.map(\.description).joined(separator: "; ")
        + ". `networkctl status \(name)` or `ifquery \(name)` tells what configures it; another file or manager "
        + "may have taken it"
    case .defaultRouteLost(let name, let routes):
      "configuring \(name) made a default route of the main table disappear: "
        + routes.map(\.description).joined(separator: "; ")
    case .secondDefaultRoute(let name):
      "\(name) has a default route in the main table; another file or manager has configured it: "
        + "`networkctl status \(name)` or `ifquery \(name)` tells which"
    }
  }
}
