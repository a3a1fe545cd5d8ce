// SPDX-License-Identifier: Apache-2.0
import HostSystem
import IMDS
import NetworkModel
import Planning
import Reporting

/// What IMDS says of all ENIs, for a report: whatever it answered before something failed counts.
struct MetadataAnswer {
  /// Whether it has answered everything.
  private(set) var outcome = HostView.Metadata.answered
  /// The subnet's id of each ENI.
  private(set) var subnetIDs: [MACAddress: SubnetID] = [:]
  /// The public address of each private one, by ENI.
  private(set) var elasticIPs: [MACAddress: [IPAddress: IPAddress]] = [:]
  private var survey: InstanceSurvey?
  private var ownership: Ownership?
  /// ENIs that have no link, which no survey reads.
  private var absent: [MACAddress: NetworkInterface] = [:]

  /// Asks about those links of `state` that IMDS lists.
  init(_ metadata: InstanceMetadata, _ state: KernelIndex, on host: Host) {
    let links = state.state.links
    do {
      let survey = try InstanceSurvey(metadata, links: links, policy: host.configuration.policy)
      self.survey = survey
      ownership = Ownership(survey.network, in: state, by: host.planner)
      for mac in survey.listed where survey.interface(mac) != nil || survey.ignored[mac] != nil {
        subnetIDs[mac] = try metadata.subnetID(of: mac)
        elasticIPs[mac] = try metadata.publicAddresses(of: mac)
      }
      for mac in survey.listed.subtracting(ENILinks(links).macs) {
        let reading = try metadata.read(mac: mac, isPrimary: false, networkCardExpected: false)
        if case .settled(let interface) = reading { absent[mac] = interface }
      }
    } catch {
      outcome = .failed("\(error)")
    }
  }

  /// The primary; nil when IMDS has not told.
  var primaryMAC: MACAddress? { survey?.network.primaryMAC }

  /// What it has told completely; nil when it has not answered.
  var network: InstanceNetwork? { ownership?.network }

  /// The MACs that it lists.
  var listed: Set<MACAddress> { survey?.listed ?? [] }

  /// Why an ENI is left alone, by ENI.
  var ignored: [MACAddress: String] { survey?.ignored ?? [:] }

  /// What it says of one ENI.
  func told(_ mac: MACAddress) -> ENIView.Told {
    guard let survey else { return .nothing }
    if let interface = ownership?.interface(mac) { return .settled(interface) }
    if let interface = survey.interface(mac), let contest = ownership?.contests[mac] {
      return .contested(interface, "\(contest)")
    }
    if let reason = survey.unsettled[mac] { return .unsettled("\(reason)") }
    switch survey.unread[mac] {
    case .malformed(let key, let value, let expected):
      return .malformed("\(IMDSError.malformed(key: key, value: value, expected: expected))")
    case let error?: return .unsettled("\(error)")
    case nil: break
    }
    if let interface = absent[mac] { return .settled(interface) }
    return survey.listed.contains(mac) ? .nothing : .notListed
  }
}
