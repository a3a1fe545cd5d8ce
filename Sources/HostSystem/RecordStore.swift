// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// The records of all ENIs that this host has seen, in one directory for each instance.
///
/// They lie on the root file system, because udev reads them in the first pass of a boot, before any
/// other file system is mounted; while that refuses them, below /run for the rest of the boot.
package struct RecordStore {
  /// The directory of directories.
  package static let directory = "/etc/eni-init/instances"
  /// In an instance's directory: a link to the primary's record.
  ///
  /// While it resolves, any ENI without a record is a new one, and udev has it held.
  package static let primaryLink = "primary"

  private let files: GeneratedFiles

  /// The records below the store's root.
  package init(_ files: GeneratedFiles) {
    self.files = files
  }

  /// The instances that have records here: more than one when a disk was launched again.
  package func instances() throws(SystemCallError) -> [InstanceID] {
    try files.names(in: Self.directory).compactMap { InstanceID($0) }
  }

  /// The records of an instance, ordered by MAC.
  ///
  /// - Throws: ``RecordError`` when a record cannot be read, or is not a record.
  package func records(of instance: InstanceID) throws(RecordError) -> [InterfaceRecord] {
    let directory = path(of: instance)
    var records: [InterfaceRecord] = []
    for (mac, content) in try contents(of: directory) {
      guard let record = InterfaceRecord(mac: mac, content: content) else {
        throw .malformed("\(directory)/\(mac)")
      }
      records.append(record)
    }
    return records
  }

  /// Writes a record; the primary's becomes the one that ``primaryLink`` names.
  ///
  /// - Returns: whether anything had to be written.
  @discardableResult
  package func save(
    _ record: InterfaceRecord,
    of instance: InstanceID
  ) throws(SystemCallError) -> Bool {
    let directory = path(of: instance)
    let file = ConfigFile(path: "\(directory)/\(record.mac)", content: record.content)
    let isNews = try files.replace(file) != .unchanged
    guard record.role == .primary else { return isNews }
    return try files.link("\(directory)/\(Self.primaryLink)", to: "\(record.mac)") || isNews
  }

  /// Whether this very record is on disk; a primary's is also to be the one that
  /// ``primaryLink`` names.
  package func has(
    _ record: InterfaceRecord,
    of instance: InstanceID
  ) throws(SystemCallError) -> Bool {
    let directory = path(of: instance)
    let path = "\(directory)/\(record.mac)"
    guard try files.read(path) == record.content, try !files.isInMemory(path) else { return false }
    guard record.role == .primary else { return true }
    return try isLinked(record, in: directory)
  }

  /// Forgets one ENI.
  package func remove(_ mac: MACAddress, of instance: InstanceID) throws(SystemCallError) {
    try files.remove("\(path(of: instance))/\(mac)")
  }

  /// Forgets an instance altogether.
  package func removeAll(of instance: InstanceID) throws(SystemCallError) {
    let directory = path(of: instance)
    // The link first: while it is there, every ENI without a record is held.
    for name in [Self.primaryLink] + (try files.names(in: directory)) {
      try files.remove("\(directory)/\(name)")
    }
    for path in try files.interruptedReplacements(in: directory, of: { _ in true }) {
      try files.remove(path)
    }
    try files.removeDirectory(directory)
  }

  /// Whether ``primaryLink`` leads to this record; by its content all primaries' are equal.
  private func isLinked(
    _ record: InterfaceRecord,
    in directory: String
  ) throws(SystemCallError) -> Bool {
    try files.linkTarget("\(directory)/\(Self.primaryLink)") == "\(record.mac)"
  }

  private func contents(
    of directory: String
  ) throws(RecordError) -> [(mac: MACAddress, content: String)] {
    do throws(SystemCallError) {
      var contents: [(MACAddress, String)] = []
      for mac in try files.names(in: directory).compactMap({ MACAddress($0) }) {
        if let content = try files.read("\(directory)/\(mac)") { contents.append((mac, content)) }
      }
      return contents
    } catch {
      throw .system(error)
    }
  }

  private func path(of instance: InstanceID) -> String { "\(Self.directory)/\(instance)" }
}
