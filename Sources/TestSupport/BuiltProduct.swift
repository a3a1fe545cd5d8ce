// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What the package manager built beside the tests.
package enum BuiltProduct {
  /// The absolute path of an executable product.
  package static func path(_ name: String) -> String {
    // The running test bundle lies in the directory of the products.
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent(name).path
  }
}
