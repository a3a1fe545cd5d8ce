// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Why the metrics cannot be written.
enum MetricsFailure: CommandFailure {
  /// The path is not that of a file.
  case noFile(String)
  /// The directory of the file cannot be reached.
  case noDirectory(String, errno: CInt)

  var exitStatus: ExitStatus { .usage }

  var description: String {
    switch self {
    case .noFile(let path): "\"\(path)\" is not the path of a file"
    case .noDirectory(let path, let errno):
      "cannot write into \(path): \(String(cString: strerror(errno))); make it, or install "
        + "prometheus-node-exporter, whose textfile collector reads there"
    }
  }
}
