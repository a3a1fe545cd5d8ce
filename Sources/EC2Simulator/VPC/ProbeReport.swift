// SPDX-License-Identifier: Apache-2.0

/// How many echo requests were sent and which were not answered.
package struct ProbeReport: Hashable, Sendable {
  /// Requests that had time to be answered.
  package let sent: Int
  /// Requests that were answered.
  package let replies: Int
  /// The requests without a reply, counting from 1, in order.
  package let lost: [Int]

  /// Whether there were requests and all were answered.
  package var isLossless: Bool { sent > 0 && lost.isEmpty }

  /// Reads what ping(8) printed; the last `inFlight` requests count only if they were answered.
  init(pingOutput: String, inFlight: Int) throws(VPCError) {
    let total = try Self.transmitted(in: pingOutput)
    let answered = Self.answered(in: pingOutput)
    self.init(of: max(total - inFlight, answered.max() ?? 0), answered: answered)
  }

  /// Reads what ping(8) printed; only the first `count` requests count.
  init(pingOutput: String, first count: Int) throws(VPCError) {
    _ = try Self.transmitted(in: pingOutput)
    let answered = Self.answered(in: pingOutput)
    self.init(of: count, answered: answered.filter { $0 <= count })
  }

  private init(of sent: Int, answered: Set<Int>) {
    self.sent = sent
    replies = answered.count
    lost = (0..<sent).map { $0 + 1 }.filter { !answered.contains($0) }
  }

  /// The requests that have been answered so far, counting from 1.
  static func answered(in pingOutput: String) -> Set<Int> {
    var answered: Set<Int> = []
    for line in pingOutput.split(separator: "\n") where line.contains(" bytes from ") {
      if let number = line.split(separator: " ").first(where: { $0.hasPrefix("icmp_seq=") }) {
        if let sequence = Int(number.dropFirst(9)) { answered.insert(sequence) }
      }
    }
    return answered
  }

  /// How many requests the summary says were sent; ping that could not send any has none.
  private static func transmitted(in pingOutput: String) throws(VPCError) -> Int {
    let words = pingOutput.split(separator: " ")
    guard let index = words.firstIndex(where: { $0 == "packets" }), index > 0,
      let total = words[index - 1].split(separator: "\n").last.flatMap({ Int($0) })
    else { throw .unreadableProbe(output: pingOutput) }
    return total
  }
}
