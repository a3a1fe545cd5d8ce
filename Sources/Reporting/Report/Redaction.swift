// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// Takes out of a text what tells whose host it is: public addresses and the ids of EC2 resources.
///
/// Each is replaced by the same word wherever it stands, so that what belongs together still shows.
package struct Redaction {
  private var words: [String: String] = [:]
  private var counts: [String: Int] = [:]

  /// Nothing seen yet.
  package init() {}

  /// The text without them.
  package mutating func redact(_ text: String) -> String {
    var result = ""
    var token = ""
    for character in text {
      if character.isPartOfToken {
        token.append(character)
      } else {
        result += replacement(for: token)
        token = ""
        result.append(character)
      }
    }
    return result + replacement(for: token)
  }

  private mutating func replacement(for token: String) -> String {
    guard !token.isEmpty else { return "" }
    // The end of a sentence, or of "to 203.0.113.7:".
    let trimmed = token.drop { ".:-".contains($0) && !token.hasPrefix("::") }
    let body = String(trimmed.reversed().drop { ".:-".contains($0) }.reversed())
    let head = String(token.prefix(token.count - trimmed.count))
    let tail = String(trimmed.dropFirst(body.count))
    // "2600:1f18::" ends with what belongs to it.
    if let kind = Self.kind(of: String(trimmed)) { return head + word(String(trimmed), kind) }
    if let kind = Self.kind(of: body) { return head + word(body, kind) + tail }
    return token
  }

  private mutating func word(_ text: String, _ kind: String) -> String {
    if let word = words[text] { return word }
    counts[kind, default: 0] += 1
    let word = "\(kind)-\(counts[kind] ?? 0)"
    words[text] = word
    return word
  }

  /// What a word is; nil when it may stay.
  private static func kind(of word: String) -> String? {
    if let address = IPAddress(word) { return address.isPublic ? "public" : nil }
    return ["i", "eni", "subnet", "sg", "vpc", "ami"].first { prefix in
      let digits = word.dropFirst(prefix.count + 1)
      return word.hasPrefix(prefix + "-") && (digits.count == 8 || digits.count == 17)
        && digits.allSatisfy(\.isHexDigit)
    }.map { $0 + "-redacted" }
  }
}

extension Character {
  /// Whether it can stand in an address or an id.
  fileprivate var isPartOfToken: Bool {
    isASCII && (isLetter || isNumber) || self == "." || self == ":" || self == "-"
  }
}

extension IPAddress {
  /// Whether it may be reached from the internet (IANA's special-purpose registries, RFC 6890).
  fileprivate var isPublic: Bool {
    let others = [
      "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
      "192.168.0.0/16", "224.0.0.0/3", "::/8", "fc00::/7", "fe80::/10", "ff00::/8",
    ]
    return !others.contains { IPPrefix($0)?.contains(self) ?? false }
  }
}
