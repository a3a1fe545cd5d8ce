// SPDX-License-Identifier: Apache-2.0

extension NetworkInterface {
  /// These facts, with addresses and delegated prefixes in the order in which the texts name them.
  ///
  /// Files for an ENI list them in the order of IMDS, in which the first address of a family is the
  /// preferred source. What no text names comes last, in its present order.
  package func ordered(as texts: [String]) -> NetworkInterface {
    var positions: [IPAddress: Int] = [:]
    for text in texts {
      let words = text.split { !($0.isHexDigit || $0 == "." || $0 == ":") }
      for address in words.compactMap({ IPAddress($0) }) where positions[address] == nil {
        positions[address] = positions.count
      }
    }
    func sorted<Element>(_ elements: [Element], by address: (Element) -> IPAddress) -> [Element] {
      elements.enumerated().map { offset, element in
        (element: element, place: (positions[address(element)] ?? .max, offset))
      }.sorted { $0.place < $1.place }.map(\.element)
    }
    func part(_ part: Addresses?) -> Addresses? {
      guard let part else { return nil }
      return Addresses(
        subnet: part.subnet,
        addresses: sorted(part.addresses) { $0 },
        delegatedPrefixes: sorted(part.delegatedPrefixes, by: \.address)
      )
    }
    return NetworkInterface(
      id: id,
      mac: mac,
      attachment: attachment,
      ipv4: part(ipv4),
      ipv6: part(ipv6)
    )
  }
}
