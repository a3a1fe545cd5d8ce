// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import Foundation
import TestSupport

/// A machine image with the package in it: the disk of an instance that was turned off.
struct BakedImage {
  /// The image that the instance was made from.
  let base: GuestImage
  /// The instance that was baked.
  let former: Launch
  /// What ``Guest/networkFilesOfTheImage()`` was before the package was installed.
  let networkFiles: String

  private let directory: TemporaryRoot
  private let layer: String

  /// Keeps a copy of `disk`, the layer of a machine that is off.
  init(_ base: GuestImage, disk: String, former: Launch, networkFiles: String) throws {
    self.base = base
    self.former = former
    self.networkFiles = networkFiles
    directory = try TemporaryRoot()
    layer = directory.path + "/layer.qcow2"
    try FileManager.default.copyItem(atPath: disk, toPath: layer)
  }

  /// Makes a disk of an instance's own at `path`.
  func copy(to path: String) throws {
    try FileManager.default.copyItem(atPath: layer, toPath: path)
  }
}
