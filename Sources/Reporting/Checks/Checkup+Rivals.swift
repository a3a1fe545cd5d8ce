// SPDX-License-Identifier: Apache-2.0
import NetworkModel

// Others who configure ENIs, and what has to run of ours.
extension Checkup {
  var leases: [Finding] {
    let clients = surroundings.dhcpClients.compactMap { client in
      secondaries.first { $0.link?.name.text == client.link }.map { eni in
        Finding(
          .dhcpClient,
          on: eni.name,
          "a DHCP client runs on it: \(client.process)",
          remedy: "end it, and take \(eni.name) out of what starts it"
        )
      }
    }
    let leases = secondaries.compactMap { eni in
      view.kernel.leases.first { lease in
        lease.link == eni.link?.index && lease.prefix.family == .ipv4
      }.map { lease in
        Finding(
          .lease,
          on: eni.name,
          "\(lease.prefix) has an end, as an address from DHCP does",
          remedy:
            "find the client that set it; then `ip address del \(lease.prefix) dev \(eni.name)` "
            + "and `eni-init refresh`"
        )
      }
    }
    return clients + leases
  }

  var rivals: [Finding] {
    surroundings.foreignConfigurations.map { configuration in
      Finding(
        .foreignConfiguration,
        on: configuration.link,
        "\(view.stack.rawValue) configures it from \(configuration.source)",
        remedy: "rename or remove that file, so that it comes after ours or does not match"
      )
    }
      + surroundings.rivals.map { rival in
        Finding(.rivalManager, "\(rival.name) is set up (\(rival.evidence))", remedy: rival.remedy)
      }
      + surroundings.maskedFiles.map { file in
        Finding(.holdDisarmed, "\(file) takes the place of ours", remedy: "remove it")
      }
  }

  var services: [Finding] {
    var found: [Finding] = []
    if surroundings.hasFailedUnit == true {
      found.append(
        Finding(
          .unitFailed,
          "a unit has failed",
          remedy:
            "`systemctl list-units --failed 'eni-init*'` names it, and `journalctl -u` with that "
            + "name tells why"
        )
      )
    }
    found += surroundings.missingMarks.map { name in
      Finding(
        .marksMissing,
        on: name,
        "nftables does not mark the connections that come in by it, as ContainerPorts=yes asks",
        remedy:
          "install nftables, then run `systemctl restart eni-init-container-ports.service`"
      )
    }
    if surroundings.isRefreshActive == false, view.enis.contains(where: { $0.role == .secondary }) {
      found.append(
        Finding(
          .refreshInactive,
          "eni-init-refresh.timer does not run",
          remedy: "run `systemctl start eni-init-refresh.timer`"
        )
      )
    }
    for eni in view.enis {
      guard let link = eni.link, let lost = surroundings.linkLocalExceeded[link.index], lost > 0
      else { continue }
      found.append(
        Finding(
          .linkLocalLimit,
          on: eni.name,
          "\(lost) packets to DNS, NTP or IMDS were over the limit of 1024 a second since the link came",
          remedy: "cache DNS on this host (systemd-resolved, unbound) and poll IMDS less"
        )
      )
    }
    return found
  }
}
