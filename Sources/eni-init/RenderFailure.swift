// SPDX-License-Identifier: Apache-2.0

/// Why nothing could be rendered.
enum RenderFailure: CommandFailure {
  /// There is no such file.
  case noFile(String)
  /// The file says nothing of an EC2 instance.
  case noInstance(String)
  /// The configuration asks what the file does not tell.
  case membership

  var exitStatus: ExitStatus {
    switch self {
    case .noFile: .usage
    case .noInstance: .badData
    case .membership: .configuration
    }
  }

  var description: String {
    switch self {
    case .noFile(let path):
      "there is no file \(path); `cloud-init query --all` on the instance prints what it has to hold"
    case .noInstance(let path):
      "\(path) does not tell an instance id and a MAC under ds.meta_data, as cloud-init writes it on EC2"
    case .membership:
      "eni-init.conf leaves ENIs alone by subnet or security group, which only IMDS can tell: render "
        + "without that setting, or leave it to the instance"
    }
  }
}
