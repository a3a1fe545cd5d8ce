// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// Why an ENI could not be taken over.
enum AttachFailure: Error, Hashable {
  /// The argument names no link.
  case noSuchInterface(String)
  /// The link is there, and is no ENI by udev's rules.
  case notAnENI(InterfaceName)
  /// The link has no Ethernet address to look up in IMDS.
  case noAddress(InterfaceName)
  /// DMI shows no instance id.
  case noIdentity
  /// The link went while its ENI was being configured.
  case linkGone(MACAddress)
  /// IMDS calls another ENI the primary than the record on disk does.
  case primaryChanged(recorded: MACAddress, told: MACAddress)
  /// Another ENI whose link is present has this one's slot.
  case slotTaken(InterfaceName, by: MACAddress)
  /// Another link has the ENI's name, and the stack finds links by name.
  case nameTaken(InterfaceName, by: InterfaceName, NetworkStack)
  /// The network stack does not know the link.
  case notManaged(InterfaceName, by: NetworkStack)
}

extension AttachFailure: CommandFailure {
  var exitStatus: ExitStatus {
    switch self {
    case .noSuchInterface, .notAnENI: .usage
    case .noAddress, .noIdentity, .primaryChanged: .badData
    // The other ENI's record is put right when its own turn comes.
    case .linkGone, .slotTaken, .nameTaken: .tryAgain
    case .notManaged: .systemFailure
    }
  }

  var description: String {
    switch self {
    case .noSuchInterface(let text):
      "there is no network interface \"\(text)\" (a name, an alternative name, an index or a MAC "
        + "address); `eni-init status` lists the ENIs"
    case .notAnENI(let name):
      "\(name) is no ENI by its driver, so it is left alone; to add a driver see \"Other drivers\" "
        + "in eni-init(8)"
    case .noAddress(let name):
      "\(name) has no Ethernet address, so IMDS cannot be asked about it; `ip link show \(name)`"
    case .noIdentity:
      "the hypervisor shows no instance id in /sys/class/dmi/id/board_asset_tag, so nothing on "
        + "disk could be tied to this instance; nothing was changed. eni-init needs a Nitro type"
    case .linkGone(let mac):
      "the link of \(mac) went away while it was being configured; it is looked at again when it "
        + "comes back"
    case .primaryChanged(let recorded, let told):
      "IMDS calls \(told) the primary ENI, and the record of this instance says \(recorded); a "
        + "primary cannot change, so nothing was changed. If the record is wrong, remove "
        + "/etc/eni-init/instances and reboot"
    case .slotTaken(let name, let other):
      "the slot of \(name) already belongs to \(other), whose link is present; nothing was "
        + "changed. Wait a minute for the metadata to settle, then run `eni-init plan`"
    case .nameTaken(let name, let other, let stack):
      "the name \(name) belongs to the network interface \(other), which is not this ENI, and "
        + "\(stack.title) finds interfaces by name; nothing was changed. Give \(other) another name: "
        + "`ip link set \(other) name NAME`, or set NamePrefix= in eni-init.conf"
    case .notManaged(let name, let stack):
      "\(stack.title) does not know \(name), so its configuration would not be applied; check "
        + "`systemctl status '\(stack.unit)'`, or set Stack= in eni-init.conf"
    }
  }
}
