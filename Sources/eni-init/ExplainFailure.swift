// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Reporting

/// What there is no explanation for.
enum ExplainFailure: CommandFailure {
  case noSuchAddress(IPAddress, HostView.Metadata)
  case noSuchInterface(String)

  var exitStatus: ExitStatus { .usage }

  var description: String {
    switch self {
    case .noSuchAddress(let address, .answered):
      "no ENI of this host has \(address), nor is it an Elastic IP of one; `eni-init status` lists them, "
        + "and `eni-init check` says which are missing"
    case .noSuchAddress(let address, .failed):
      "no ENI of this host has \(address); whether it is an Elastic IP is not known, because IMDS does "
        + "not answer"
    case .noSuchInterface(let name):
      "there is no ENI called \(name), and it is no IP address; `eni-init status` lists the ENIs"
    }
  }
}
