// SPDX-License-Identifier: Apache-2.0

/// Where a box is, in pixels from the upper left corner.
struct SVGFrame {
  let x: Int
  let y: Int
  let width: Int
  let height: Int

  /// The first pixel to its right.
  var right: Int { x + width }
  /// The first pixel below it.
  var bottom: Int { y + height }
}
