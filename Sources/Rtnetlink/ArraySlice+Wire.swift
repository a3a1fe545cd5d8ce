// SPDX-License-Identifier: Apache-2.0

extension ArraySlice<UInt8> {
  /// The value at the front in host byte order, whatever its alignment; nil when too few octets
  /// are left.
  func load<Value: BitwiseCopyable>(as type: Value.Type) -> Value? {
    guard count >= MemoryLayout<Value>.size else { return nil }
    return withUnsafeBytes { $0.loadUnaligned(as: type) }
  }

  /// The fixed header at the front and what follows it, aligned as the kernel aligns it.
  func splitHeader<Header: BitwiseCopyable>(
    _ type: Header.Type
  ) throws(MalformedMessage) -> (header: Header, rest: Self) {
    guard let header = load(as: type) else { throw .headerTooShort(bytes: count) }
    return (header, dropFirst(MemoryLayout<Header>.size.aligned))
  }
}

extension Int {
  /// Rounded up to where the next header or attribute starts (NLMSG_ALIGN).
  var aligned: Int { (self + Wire.alignment - 1) & ~(Wire.alignment - 1) }
}
