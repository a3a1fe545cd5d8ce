// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

extension CompletionKind {
  /// The names of this host's links, for a shell to offer.
  static let links = CompletionKind.shellCommand("ls /sys/class/net")
}
