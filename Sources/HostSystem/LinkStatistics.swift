// SPDX-License-Identifier: Apache-2.0
import CNetlink
import Glibc
package import NetworkModel

/// The counters that a link's driver keeps under names of its own (`ethtool -S`).
///
/// By ioctl(2), since ethtool's netlink family has the standard counters alone.
package enum LinkStatistics {
  /// Packets to DNS, NTP and IMDS beyond EC2's limit, as the ENA driver calls them.
  package static let linkLocalExceeded = "linklocal_allowance_exceeded"

  /// The counters of `link` by name; none when its driver keeps none, or the link is gone.
  package static func counters(of link: InterfaceName) throws(SystemCallError) -> [String: UInt64] {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw SystemCallError("open", "a socket", errno: errno) }
    let handle = OwnedFileDescriptor(adopting: socket)
    // struct ethtool_sset_info: command, reserved, mask (64 bits), then the count of each set asked for.
    let set = UInt32(truncatingIfNeeded: ETH_SS_STATS.rawValue)
    var info: [UInt32] = [UInt32(ETHTOOL_GSSET_INFO), 0, 1 << set, 0, 0]
    guard try ask(handle, link, &info), info[2] != 0, info[4] > 0 else { return [:] }
    let count = Int(info[4])
    // struct ethtool_gstrings: command, set, length, then 32 octets a name.
    let nameLength = Int(ETH_GSTRING_LEN)
    var names = [UInt32](repeating: 0, count: 3 + count * nameLength / 4)
    names.replaceSubrange(0..<3, with: [UInt32(ETHTOOL_GSTRINGS), set, UInt32(count)])
    guard try ask(handle, link, &names), names[2] == info[4] else { return [:] }
    // struct ethtool_stats: command and count in the first 64 bits, then 64 bits a counter.
    var values = [UInt64](repeating: 0, count: 1 + count)
    withUnsafeMutableBytes(of: &values[0]) {
      $0.storeBytes(of: UInt32(ETHTOOL_GSTATS), as: UInt32.self)
      $0.storeBytes(of: UInt32(count), toByteOffset: 4, as: UInt32.self)
    }
    guard try ask(handle, link, &values) else { return [:] }
    let texts = names[3...].withUnsafeBytes { Array($0) }
    let pairs = (0..<count).map { index in
      let octets = texts[index * nameLength..<(index + 1) * nameLength].prefix { $0 != 0 }
      return (String(decoding: octets, as: UTF8.self), values[1 + index])
    }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }

  /// SIOCETHTOOL with the command in `buffer`; false when the driver does not know it.
  private static func ask<Word>(
    _ socket: borrowing OwnedFileDescriptor,
    _ link: InterfaceName,
    _ buffer: inout [Word]
  ) throws(SystemCallError) -> Bool {
    // struct ifreq (netdevice(7)): the name in 16 octets, then a union of 24, here the address of the
    // command. Written out because <linux/if.h> and <net/if.h> both define it, and differently.
    var request = [UInt8](repeating: 0, count: 40)
    let name = Array(link.text.utf8.prefix(15))
    request.replaceSubrange(0..<name.count, with: name)
    let (result, code): (CInt, CInt) = buffer.withUnsafeMutableBytes { command in
      withUnsafeBytes(of: UInt(bitPattern: command.baseAddress)) {
        request.replaceSubrange(16..<16 + $0.count, with: $0)
      }
      return socket.withRawValue { descriptor in
        (ioctl(descriptor, UInt(SIOCETHTOOL), &request), errno)
      }
    }
    guard result != 0 else { return true }
    guard code == EOPNOTSUPP || code == ENODEV else {
      throw SystemCallError("read the counters of", link.text, errno: code)
    }
    return false
  }
}
