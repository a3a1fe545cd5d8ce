// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostSystem
import TestSupport
import Testing

@Suite("The lock of all runs")
struct FileLockTests {
  @Test("a second taker waits no longer than its deadline, and gets it once it is free")
  func exclusion() throws {
    let root = try TemporaryRoot()
    let path = root.path + "/lock"
    do {
      let first = try FileLock(path, deadline: .now)
      #expect(throws: SystemCallError("lock", path, errno: ETIMEDOUT)) {
        _ = try FileLock(path, deadline: .now + .milliseconds(20))
      }
      extendLifetime(first)
    }
    _ = try FileLock(path, deadline: .now)
  }

  @Test("a directory that is missing is made: /run is empty after a boot")
  func missingDirectory() throws {
    let root = try TemporaryRoot()
    _ = try FileLock(root.path + "/eni-init/lock", deadline: .now)
    #expect(root.files == ["/eni-init/lock"])
  }
}
