// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel

extension NetworkStack {
  /// What makes it act on the host's files.
  func activator(_ host: Host) -> any Activator {
    switch self {
    case .networkd: NetworkdActivator(files: host.files, log: host.log)
    case .netplan:
      NetplanActivator(networkd: NetworkdActivator(files: host.files, log: host.log))
    case .networkManager: NetworkManagerActivator(files: host.files)
    case .ifupdown: IfupdownActivator(files: host.files)
    case .sysconfig: SysconfigActivator(files: host.files)
    case .kernel: KernelActivator(files: host.files)
    }
  }
}
