// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Testing

@Suite("Names and ids, which become parts of paths")
struct IdentifierTests {
  @Test("a MAC is read in either case and written in lower case")
  func mac() {
    #expect(MACAddress("02:AB:00:00:00:0f")?.description == "02:ab:00:00:00:0f")
  }

  @Test(
    "what is not a network interface's MAC is refused",
    arguments: [
      "", "02:00:00:00:00", "02:00:00:00:00:00:00", "2:0:0:0:0:1", "02-00-00-00-00-01",
      "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "02:00:00:00:00:0g",
      "02:00:00:00:00:01/", "+2:00:00:00:00:01",
    ]
  )
  func notAMAC(text: String) {
    #expect(MACAddress(text) == nil)
  }

  @Test(
    "an interface name has 1 to 15 harmless bytes",
    arguments: ["a", "nic1", "nic12c31", "a-b_c.d"]
  )
  func name(text: String) {
    #expect(InterfaceName(text)?.text == text)
  }

  @Test(
    "a name that could leave its directory or its line is refused",
    arguments: ["", ".", "..", "a/b", "a b", "a\nb", "a:b", "1234567890123456", "é", "a\0b", "$x"]
  )
  func notAName(text: String) {
    #expect(InterfaceName(text) == nil)
  }

  @Test("ids have 8 or 17 hexadecimal digits")
  func ids() {
    #expect(InstanceID("i-0123456789abcdef0") != nil)
    #expect(InstanceID("i-12345678") != nil)
    #expect(NetworkInterface.ID("eni-0123456789abcdef0") != nil)
  }

  @Test(
    "what is not an id is refused",
    arguments: [
      "", "i-", "i-0123456789abcdef", "i-0123456789abcdef01", "i-0123456789ABCDEF0",
      "eni-0123456789abcdef0", "i-../../../../x", "i-0123456789abcdef\n", "Not Specified",
    ]
  )
  func notAnID(text: String) {
    #expect(InstanceID(text) == nil)
  }
}
