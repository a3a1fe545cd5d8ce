// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import TestSupport
import Testing

extension MapScenario: CustomTestStringConvertible {
  var testDescription: String { name }

  /// Every picture that is kept beside these tests.
  static let all = [
    fine, troubled, crowded, dualStack, silent, cards, lostDefaultRoute,
  ]

  private static let subnets = [
    "subnet-0a1b2c3d4e5f60718", "subnet-0b2c3d4e5f6071829", "subnet-0c3d4e5f60718293a",
  ]

  private static func plain(_ number: Int, card: Int = 0, device: Int, subnet: Int, last: Int = 10)
    -> NetworkInterface
  {
    Fixture.interface(
      number,
      card: card,
      device: device,
      ipv4: ("10.0.\(subnet).0/24", ["10.0.\(subnet).\(last)"], [])
    )
  }

  /// Two ENIs, all well.
  static let fine = MapScenario(
    name: "fine",
    interfaces: [
      plain(0, device: 0, subnet: 0),
      Fixture.interface(
        1,
        device: 1,
        ipv4: ("10.0.1.0/24", ["10.0.1.10", "10.0.1.11"], ["10.0.1.16/28"])
      ),
    ],
    subnetIDs: [0: subnets[0], 1: subnets[1]],
    elasticIPs: ["10.0.0.10": "198.51.100.20", "10.0.1.10": "203.0.113.7"]
  )

  /// One of everything that is not well.
  static let troubled = MapScenario(
    name: "troubled",
    interfaces: [
      plain(0, device: 0, subnet: 0),
      Fixture.interface(
        1,
        device: 1,
        ipv4: ("10.0.1.0/24", ["10.0.1.10", "10.0.1.11", "10.0.1.12"], [])
      ),
      plain(2, device: 2, subnet: 1, last: 20),
      Fixture.interface(3, device: 3, ipv4: ("10.0.2.0/24", ["10.0.2.10", "10.0.2.11"], [])),
      plain(4, device: 4, subnet: 2, last: 20),
    ],
    subnetIDs: [0: subnets[0], 1: subnets[1], 3: subnets[2], 4: subnets[2]],
    elasticIPs: [
      "10.0.0.10": "198.51.100.20", "10.0.1.11": "203.0.113.7", "10.0.2.10": "203.0.113.8",
    ],
    unsettled: [2: "local-ipv4s is not there yet"],
    ignored: [4: "ENI=eni-10000004 in eni-init.conf"],
    absent: [3],
    damage: { kernel in
      kernel.rules.removeAll { $0.source == IPPrefix("10.0.1.11/32") }
      kernel.addresses.removeAll { $0.prefix == IPPrefix("10.0.1.12/32") }
    }
  )

  /// As many as an instance takes, with ten addresses each.
  static let crowded = MapScenario(
    name: "crowded",
    interfaces: (0..<15).map { number in
      let subnet = number / 5
      return Fixture.interface(
        number,
        device: number,
        ipv4: (
          "10.0.\(subnet).0/24", (0..<10).map { "10.0.\(subnet).\(10 * (number % 5) + 10 + $0)" },
          []
        )
      )
    },
    subnetIDs: Dictionary(uniqueKeysWithValues: (0..<15).map { ($0, subnets[$0 / 5]) }),
    elasticIPs: [
      "10.0.0.10": "198.51.100.20", "10.0.1.10": "203.0.113.7", "10.0.2.14": "203.0.113.8",
      "10.0.2.15": "203.0.113.9",
    ]
  )

  /// IPv6 beside IPv4, written out, and an ENI with IPv6 alone.
  static let dualStack = MapScenario(
    name: "dual-stack",
    interfaces: [
      Fixture.interface(
        0,
        device: 0,
        ipv4: ("10.0.0.0/24", ["10.0.0.10"], []),
        ipv6: ("2600:1f18:1234:5600::/64", ["2600:1f18:1234:5600:d1fe:91a4:c2b8:77aa"], [])
      ),
      Fixture.interface(
        1,
        device: 1,
        ipv4: ("10.0.1.0/24", ["10.0.1.10"], []),
        ipv6: (
          "2600:1f18:1234:5601::/64",
          ["2600:1f18:1234:5601:d1fe:91a4:c2b8:77ab", "2600:1f18:1234:5601::10"],
          ["2600:1f18:1234:5601:ab00::/80"]
        )
      ),
      Fixture.interface(
        2,
        device: 2,
        ipv6: ("2600:1f18:1234:5602::/64", ["2600:1f18:1234:5602:d1fe:91a4:c2b8:77ac"], [])
      ),
    ],
    subnetIDs: [0: subnets[0], 1: subnets[1], 2: subnets[2]],
    elasticIPs: ["10.0.1.10": "203.0.113.7"]
  )

  /// Without IMDS the kernel alone tells.
  static let silent = MapScenario(
    name: "imds-down",
    interfaces: [
      plain(0, device: 0, subnet: 0), plain(1, device: 1, subnet: 1),
      plain(2, device: 2, subnet: 1, last: 20), plain(3, device: 3, subnet: 2),
    ],
    unsettled: [3: "down"],
    silence: "cannot read /latest/meta-data/mac from IMDS after 3 attempts: the connection broke: "
      + "Connection refused; IMDS may be restarting",
    damage: { kernel in kernel.rules.removeAll { $0.source == IPPrefix("10.0.1.10/32") } }
  )

  /// Device numbers that each card counts for itself.
  static let cards = MapScenario(
    name: "two-cards",
    interfaces: [
      plain(0, device: 0, subnet: 0), plain(1, device: 1, subnet: 1),
      plain(2, card: 1, device: 0, subnet: 0, last: 20),
      plain(3, card: 1, device: 1, subnet: 1, last: 20),
    ],
    subnetIDs: [0: subnets[0], 1: subnets[1], 2: subnets[0], 3: subnets[1]]
  )

  /// What a DHCP client on the second ENI does.
  static let lostDefaultRoute = MapScenario(
    name: "lost-default-route",
    interfaces: [plain(0, device: 0, subnet: 0), plain(1, device: 1, subnet: 1)],
    subnetIDs: [0: subnets[0], 1: subnets[1]],
    elasticIPs: ["10.0.0.10": "198.51.100.20"],
    refusal: "Enabled=no in /etc/eni-init/eni-init.conf",
    damage: { kernel in
      let route = Route(
        destination: .all(.ipv4),
        gateway: IPAddress("10.0.1.1"),
        table: .main,
        metric: 50,
        protocol: .eniInit
      )
      kernel.routes.append(.init(link: Fixture.link(1).index, route: route))
    }
  )
}
