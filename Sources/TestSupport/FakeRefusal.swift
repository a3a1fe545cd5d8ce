// SPDX-License-Identifier: Apache-2.0

/// A negative answer of the fake kernel, with the code and the text of the real one.
struct FakeRefusal: Error {
  let code: Int32
  let text: String?

  init(_ code: Int32, _ text: String? = nil) {
    self.code = code
    self.text = text
  }
}
