// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Testing

@Suite("Records")
struct InterfaceRecordTests {
  private let mac = MACAddress("02:00:00:00:00:01")

  @Test("a record reads back as it was written, and as udev imports it")
  func roundTrip() throws {
    let record = InterfaceRecord(
      role: .secondary,
      mac: try #require(mac),
      id: NetworkInterface.ID("eni-0123456789abcdef0"),
      name: InterfaceName("nic1")
    )
    #expect(
      record.content == """
        ENI_INIT_ROLE=secondary
        ENI_INIT_NAME=nic1
        ENI_INIT_ID=eni-0123456789abcdef0

        """
    )
    #expect(InterfaceRecord(mac: record.mac, content: record.content) == record)
  }

  @Test(
    "a damaged record is no record",
    arguments: [
      "", "garbage", "ENI_INIT_ROLE=", "ENI_INIT_ROLE=unknown", "ENI_INIT_ROLE=boss",
      "ENI_INIT_NAME=nic1", "ENI_INIT_ROLE=secondary\nENI_INIT_NAME=../x",
      "ENI_INIT_ROLE=secondary\nENI_INIT_ID=eni-1", "ENI_INIT_ROLE=primary\n\0\0\0\0",
    ]
  )
  func damaged(content: String) throws {
    #expect(InterfaceRecord(mac: try #require(mac), content: content) == nil)
  }
}
