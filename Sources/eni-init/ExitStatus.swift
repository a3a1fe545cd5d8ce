// SPDX-License-Identifier: Apache-2.0

/// How a run that failed ended.
///
/// Part of the interface: documented in eni-init(8), and used by the units'
/// RestartPreventExitStatus=. The numbers are those of sysexits(3) where one fits.
enum ExitStatus: Int32, CaseIterable {
  /// The command line is wrong (EX_USAGE).
  case usage = 64
  /// Something from IMDS, the kernel or the disk is malformed or contradictory (EX_DATAERR).
  case badData = 65
  /// The host refused: a system call, netlink, udev or the network manager failed (EX_OSERR).
  case systemFailure = 71
  /// IMDS does not answer, or its facts have not settled yet: worth another try (EX_TEMPFAIL).
  case tryAgain = 75
  /// IMDS refuses to answer (403), which only its owner can change (EX_NOPERM).
  case denied = 77
  /// eni-init.conf has an error (EX_CONFIG).
  case configuration = 78
  /// The result was not what was planned: undone, the ENI held again.
  case undone = 80

  /// One phrase for the help and the manual.
  var meaning: String {
    switch self {
    case .usage: "wrong use"
    case .badData: "malformed or contradictory data"
    case .systemFailure: "the host refused"
    case .tryAgain: "no facts yet, try again"
    case .denied: "IMDS is turned off"
    case .configuration: "error in eni-init.conf"
    case .undone: "undone, the ENI is held again"
    }
  }

  /// All of them, with success, in one line.
  static var summary: String {
    "0 done or nothing to do"
      + allCases.map { ", \($0.rawValue) \($0.meaning)" }.joined() + "."
  }
}
