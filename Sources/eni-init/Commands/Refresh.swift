// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem

/// `eni-init refresh`: what the timer starts.
struct Refresh: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refresh",
    abstract: "Bring all ENIs up to date: addresses and prefixes that came or went.",
    discussion: """
      One reading of all ENIs. What is new is added; what is missing is removed when a second \
      reading some seconds later agrees. Existing connections lose no packet. The primary gets its \
      secondary addresses, and nothing else of it is touched. An ENI whose event udev has missed \
      is announced again. When nothing has changed, nothing is written and nothing is said.
      """
  )

  @Option(
    help: ArgumentHelp("Give up waiting for IMDS after this long.", valueName: "seconds")
  )
  var timeout = Timeout(seconds: 30)

  @OptionGroup var options: HostOptions

  func run() throws {
    let host = try PrimaryRelease.host(options)
    // Outside EC2 the timer must not make the host look degraded every minute.
    guard let instance = try HostIdentity.instanceID(host.files) else {
      return host.log.remark("nothing is done: the hypervisor shows no instance id")
    }
    try InstanceRefresh(
      host: host,
      instance: instance,
      metadata: MetadataSource(options, deadline: .now + timeout.duration).metadata,
      timeout: timeout.duration
    ).run()
  }
}
