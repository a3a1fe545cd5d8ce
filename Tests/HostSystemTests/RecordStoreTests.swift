// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import TestSupport
import Testing

@Suite("Records on disk")
struct RecordStoreTests {
  private let root: TemporaryRoot
  private let records: RecordStore
  private let directory = "/etc/eni-init/instances/\(Fixture.instance)"

  init() throws {
    root = try TemporaryRoot()
    records = RecordStore(FileStore(root: root.path))
  }

  private func record(_ number: Int, _ role: InterfaceRecord.Role) -> InterfaceRecord {
    InterfaceRecord(
      role: role,
      mac: Fixture.mac(number),
      id: nil,
      name: role == .primary ? nil : InterfaceName("nic\(number)")
    )
  }

  @Test("records are kept by instance and MAC, and read back")
  func roundTrip() throws {
    #expect(try records.records(of: Fixture.instance).isEmpty)
    #expect(try records.save(record(0, .primary), of: Fixture.instance))
    #expect(try records.save(record(1, .secondary), of: Fixture.instance))
    #expect(try !records.save(record(1, .secondary), of: Fixture.instance))
    #expect(
      try records.records(of: Fixture.instance) == [record(0, .primary), record(1, .secondary)]
    )
    #expect(try records.instances() == [Fixture.instance])
  }

  @Test("the primary's link, by which udev knows that unknown ENIs are new, leads to its record")
  func primaryLink() throws {
    try records.save(record(1, .secondary), of: Fixture.instance)
    #expect(root.read("\(directory)/primary") == nil)
    try records.save(record(0, .primary), of: Fixture.instance)
    #expect(root.read("\(directory)/primary") == "ENI_INIT_ROLE=primary\n")
  }

  @Test("forgetting an instance leaves nothing of it")
  func removeAll() throws {
    try records.save(record(0, .primary), of: Fixture.instance)
    try records.save(record(1, .secondary), of: Fixture.instance)
    try records.removeAll(of: Fixture.instance)
    #expect(root.files.isEmpty)
    #expect(try records.instances().isEmpty)
  }

  @Test("a damaged record is an error that names the file, not an ENI that is unknown")
  func damaged() throws {
    try root.write("ENI_INIT_ROLE=\n", to: "\(directory)/\(Fixture.mac(1))")
    #expect(throws: RecordError.malformed("\(directory)/\(Fixture.mac(1))")) {
      try records.records(of: Fixture.instance)
    }
  }

  @Test("other files in the directories are not looked at")
  func foreign() throws {
    try root.write("x", to: "\(directory)/README")
    try root.write("x", to: "/etc/eni-init/instances/not-an-instance/f")
    #expect(try records.records(of: Fixture.instance).isEmpty)
    #expect(try records.instances() == [Fixture.instance])
  }
}
