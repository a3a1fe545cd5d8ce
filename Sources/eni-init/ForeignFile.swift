// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Rendering

/// A file without our header lies where a generated one belongs: it is not replaced.
struct ForeignFile: CommandFailure {
  /// The path of the file.
  let path: String

  var exitStatus: ExitStatus { .badData }

  var description: String {
    "\(path) does not begin with the header of eni-init, so it is not replaced; rename or remove that "
      + "file, or choose other names by NamePrefix= in eni-init.conf"
  }
}

extension Host {
  /// Makes sure, before the first file is written, that none replaces a file without our header.
  ///
  /// - Throws: ``ForeignFile`` with the path of the first that would.
  func refuseForeign(_ files: [ConfigFile]) throws {
    for file in files {
      guard try generated.contents(file.path).allSatisfy(OwnedFiles.hasHeader) else {
        throw ForeignFile(path: file.path)
      }
    }
  }
}
