// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

extension NetworkStack {
  /// What writes for it.
  package var renderer: any Renderer {
    switch self {
    case .networkd: NetworkdRenderer()
    case .netplan: NetplanRenderer()
    case .networkManager: NetworkManagerRenderer()
    case .ifupdown: IfupdownRenderer()
    case .sysconfig: SysconfigRenderer()
    case .kernel: KernelRenderer()
    }
  }
}
