// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem

/// `eni-init config`: the configuration in force.
struct Config: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Show the configuration in force, and which file each part is from.",
    discussion: """
      Reads eni-init.conf and its drop-ins as every other command does. What is printed is a valid \
      eni-init.conf; the comment above each setting says where it stands. An error in a file is \
      told with its line.
      """
  )

  @OptionGroup var options: HostOptions

  func run() throws {
    let configuration = try Configuration(FileStore(root: options.root))
    print(ConfigurationText(configuration).text, terminator: "")
  }
}
