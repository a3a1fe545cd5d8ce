// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// What one look at the host has found, for Prometheus.
package struct MetricsReport {
  private let view: HostView
  private let version: String
  private let time: Double

  /// The report of `view`, made by this version of the program at this time, in seconds since the epoch.
  package init(_ view: HostView, version: String, time: Double) {
    self.view = view
    self.version = version
    self.time = time
  }

  /// All metrics, in the text format.
  package var text: String {
    (host + enis).flatMap(\.lines).map { $0 + "\n" }.joined()
  }

  private var host: [Metric] {
    [
      Metric(
        name: "eni_init_info",
        help: "The program, the instance, and the network stack that files are written for.",
        samples: [
          (
            [
              ("version", version), ("stack", view.stack.rawValue),
              ("instance_id", view.instance?.text ?? ""),
            ], 1
          )
        ]
      ),
      Metric(
        name: "eni_init_last_look_timestamp_seconds",
        help: "When all of this was looked at.",
        samples: [([], time)]
      ),
      Metric(
        name: "eni_init_imds_up",
        help: "Whether the instance metadata service has answered everything.",
        samples: [([], view.metadata == .answered ? 1 : 0)]
      ),
      Metric(
        name: "eni_init_enabled",
        help: "Whether ENIs are configured; 0 by a setting, or where a container plugin owns them.",
        samples: [([], view.refusal == nil ? 1 : 0)]
      ),
    ]
  }

  private var enis: [Metric] {
    [
      Metric(
        name: "eni_init_eni_state",
        help: "The state of an ENI: 1 for the one it is in, 0 for the others.",
        samples: view.enis.flatMap { eni in
          ENIState.words.map { (labels(eni) + [("state", $0)], eni.state.word == $0 ? 1 : 0) }
        }
      ),
      Metric(
        name: "eni_init_eni_drift",
        help: "In how many ways an ENI is not as it shall be.",
        samples: view.enis.map { (labels($0), Double($0.drift.count)) }
      ),
      Metric(
        name: "eni_init_eni_addresses",
        help: "Addresses that the kernel has on an ENI, link-local ones left out.",
        samples: view.enis.map { (labels($0), Double($0.addresses.count)) }
      ),
      Metric(
        name: "eni_init_eni_delegated_prefixes",
        help: "Prefixes delegated to an ENI; left out while IMDS does not tell.",
        samples: view.enis.filter { $0.told.interface != nil }.map {
          (labels($0), Double($0.delegatedPrefixes.count))
        }
      ),
    ]
  }

  /// The MAC is what every ENI has, so no two have the same labels.
  private func labels(_ eni: ENIView) -> [(name: String, value: String)] {
    [
      ("interface", eni.link?.name.text ?? ""), ("eni", eni.id?.text ?? ""),
      ("mac", eni.mac.description),
    ]
  }
}

extension ENIState {
  /// The words of all states.
  static let words = [
    ENIState.primary, .routed, .held(""), .drifted([]), .ignored(""), .absent, .unknown,
  ].map(\.word)
}
