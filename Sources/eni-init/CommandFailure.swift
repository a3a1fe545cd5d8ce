// SPDX-License-Identifier: Apache-2.0
import HostSystem
import IMDS
import Planning
import Rtnetlink
import Udev

/// An error that can end a command: its description is the message, and it knows its status.
protocol CommandFailure: Error, CustomStringConvertible {
  var exitStatus: ExitStatus { get }
}

extension PlanningError: CommandFailure {
  var exitStatus: ExitStatus { .badData }
}

extension SystemCallError: CommandFailure {
  var exitStatus: ExitStatus { .systemFailure }
}

extension CommandError: CommandFailure {
  var exitStatus: ExitStatus { .systemFailure }
}

extension RtnetlinkError: CommandFailure {
  var exitStatus: ExitStatus { .systemFailure }
}

extension UdevError: CommandFailure {
  var exitStatus: ExitStatus { .systemFailure }
}

extension RecordError: CommandFailure {
  var exitStatus: ExitStatus {
    switch self {
    case .system: .systemFailure
    case .malformed: .badData
    }
  }
}

extension ConfigurationError: CommandFailure {
  var exitStatus: ExitStatus { .configuration }
}

extension IMDSError: CommandFailure {
  var exitStatus: ExitStatus {
    switch self {
    case .denied: .denied
    case .malformed: .badData
    case .failed, .tokenRejected, .missing, .notSettled, .linkGone: .tryAgain
    }
  }
}
