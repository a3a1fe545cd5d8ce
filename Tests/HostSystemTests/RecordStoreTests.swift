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
    records = RecordStore(GeneratedFiles(FileStore(root: root.path)))
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

  @Test("the primary's link leads to the record that was saved last, also beside an older one")
  func movedPrimary() throws {
    try records.save(record(0, .primary), of: Fixture.instance)
    #expect(try records.save(record(9, .primary), of: Fixture.instance))
    #expect(try !records.has(record(0, .primary), of: Fixture.instance))
    #expect(try records.has(record(9, .primary), of: Fixture.instance))
    #expect(try !records.save(record(9, .primary), of: Fixture.instance))
  }

  @Test("a record is there when it says the very same")
  func has() throws {
    let secondary = record(1, .secondary)
    #expect(try !records.has(secondary, of: Fixture.instance))
    try records.save(secondary, of: Fixture.instance)
    #expect(try records.has(secondary, of: Fixture.instance))
    #expect(try !records.has(record(2, .secondary), of: Fixture.instance))
    let named = InterfaceRecord(
      role: .secondary,
      mac: secondary.mac,
      id: NetworkInterface.ID("eni-10000001"),
      name: secondary.name
    )
    #expect(try !records.has(named, of: Fixture.instance))
    let other = try #require(InstanceID("i-0fedcba9876543210"))
    #expect(try !records.has(secondary, of: other))
  }

  @Test("a primary's record is there when its link leads to it")
  func hasPrimary() throws {
    let primary = record(0, .primary)
    try records.save(primary, of: Fixture.instance)
    #expect(try records.has(primary, of: Fixture.instance))
    try FileStore(root: root.path).remove("\(directory)/primary")
    #expect(try !records.has(primary, of: Fixture.instance))
    try records.save(primary, of: Fixture.instance)
    try records.remove(primary.mac, of: Fixture.instance)
    #expect(try !records.has(primary, of: Fixture.instance))
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
