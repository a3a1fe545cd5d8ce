// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Rendering

/// No manager: the package's own unit runs an ENI's script.
struct KernelActivator: Activator {
  let files: FileStore

  /// Nobody does; where no other stack manages the primary, this one is left.
  func manages(_ link: Link) throws -> Bool { false }
  func isEnabled() throws -> Bool { false }
  func isRunning() throws -> Bool { false }
  func configures(_ link: Link, as name: InterfaceName) throws -> Bool { false }

  var readsRuntimeFiles: Bool { true }

  /// As at a boot, so that what is on disk is known to work.
  func takeOver(_ plan: InterfacePlan) throws {
    try Command("/usr/bin/systemctl", ["restart", "eni-init-apply@\(plan.name).service"]).run()
  }

  /// What configures the primary is not known; ours stands for itself.
  func file(ofPrimary link: Link) throws -> String? { KernelRenderer.primaryScript.path("") }
}
