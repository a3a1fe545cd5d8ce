// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem
import NetworkModel
import Rendering

/// `eni-init seal`: the last thing before an image is made of a disk.
struct Seal: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal",
    abstract: "Remove all that belongs to this instance, before an image is made of its disk.",
    discussion: """
      Removes the records and the generated files of every instance. The kernel's configuration \
      stays as it is until the machine is turned off, eni-init.conf stays, and until the next boot no \
      run writes anything. An unsealed disk works too: what is another instance's is dropped at the \
      first boot. Running it again changes nothing. `cloud-init clean` runs it.
      """
  )

  @OptionGroup var options: HostOptions

  func run() throws {
    // What is configured has no bearing on it, nor has an error there.
    let host = try Host(root: options.root, configuration: Configuration())
    try host.locked(within: .seconds(30)) {
      // Before the first of them goes, or a refresh would write it again.
      _ = try host.files.replace(ConfigFile(path: Refusal.sealMark, content: ""))
      var removed: [String] = []
      let interrupted = try host.stacks.flatMap {
        try $0.renderer.ownedFiles(names: host.generated.names)
      }.flatMap { try host.generated.interruptedReplacements(in: $0.directory, of: $0.matches) }
      for path in try OwnedFileInventory(host).files.map(\.path) + interrupted
      where try host.generated.remove(path) {
        removed.append(path)
      }
      // Last: while the records are there, a run that was cut off is seen to be needed again.
      for instance in try host.records.instances() {
        try host.records.removeAll(of: instance)
        removed.append("\(RecordStore.directory)/\(instance)")
      }
      if !removed.isEmpty {
        host.log.notice("sealed: removed \(removed.joined(separator: ", "))", .sealed)
      }
    }
  }
}
