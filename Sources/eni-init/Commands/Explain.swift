// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem
import NetworkModel
import Reporting
import Rtnetlink

/// `eni-init explain`: which way a reply takes and why, or what has become of an ENI's facts.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say which rule, table and route a reply takes, or what an ENI's facts became.",
    usage: """
      eni-init explain <address> [to <destination>]
      eni-init explain <interface>
      """,
    discussion: """
      Of an address, one of this host or its Elastic IP: by which ENI a reply leaves, and the rules \
      that decide it; without a destination, one of the internet and one in the primary's subnet. Of \
      an interface, by name, ENI id or MAC: each fact from IMDS with the lines it has become.
      """
  )

  @Argument(help: "An address of this host, or an interface.", completion: .links)
  var subject: String

  @Argument(help: ArgumentHelp("The word \"to\" and an address.", valueName: "to destination"))
  var destination: [String] = []

  @OptionGroup var options: HostOptions

  func validate() throws {
    guard !destination.isEmpty else { return }
    guard destination.count == 2, destination[0] == "to", let address = IPAddress(destination[1])
    else {
      throw ValidationError("After \(subject), \"to\" and an IP address are expected.")
    }
    guard IPAddress(subject)?.family == address.family else {
      throw ValidationError("\(subject) is no address of the same family as \(address).")
    }
  }

  func run() throws {
    let host = try Host(root: options.root)
    let view = try HostInspection(
      host,
      MetadataSource(options, deadline: .now + .seconds(1)).metadata
    ).view(hasAllRoutes: true)
    if let address = IPAddress(subject) {
      guard let explanation = ReplyExplanation(of: address, in: view) else {
        throw ExplainFailure.noSuchAddress(address, view.metadata)
      }
      let kernel = try RouteSocket()
      let questions = explanation.questions(to: destination.last.flatMap { IPAddress($0) })
      let answers = try questions.map { try kernel.lookUp($0) }
      print(explanation.text(answers, Terminal.style), terminator: "")
    } else {
      guard let eni = view.eni(called: subject) else {
        throw ExplainFailure.noSuchInterface(subject)
      }
      print(InterfaceExplanation(eni).text(Terminal.style), terminator: "")
    }
  }
}
