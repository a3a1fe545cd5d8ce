// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// How long a command may wait, in whole seconds from 1 to 3600.
struct Timeout: ExpressibleByArgument, CustomStringConvertible {
  private let seconds: Int

  /// A default.
  init(seconds: Int) {
    self.seconds = seconds
  }

  init?(argument: String) {
    guard let seconds = Int(argument), (1...3600).contains(seconds) else { return nil }
    self.seconds = seconds
  }

  /// The same as a duration.
  var duration: Duration { .seconds(seconds) }

  var description: String { "\(seconds)" }

  var defaultValueDescription: String { description }
}
