// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import TestSupport
import Testing

@Suite("What a shell offers")
struct CompletionTests {
  private func script(for shell: String) throws -> String {
    try Program([BuiltProduct.path("eni-init"), "--generate-completion-script", shell]).run()
  }

  @Test("each shell reads its script without a complaint", arguments: ["bash", "zsh", "fish"])
  func syntax(shell: String) throws {
    let directory = try TemporaryRoot()
    try directory.write(try script(for: shell), to: "/completion")
    let check = try Program([shell, "-n", directory.path + "/completion"]).result()
    #expect(check.status == 0 && check.errors.isEmpty, "\(check)")
  }

  @Test("commands, the options of one, and the links of this host")
  func offers() throws {
    let lines = """
      \(try script(for: "bash"))
      offer() {
        COMP_WORDS=("$@")
        COMP_CWORD=$(($# - 1))
        COMP_LINE="$*"
        COMP_POINT=${#COMP_LINE}
        COMPREPLY=()
        _eni-init eni-init "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
        echo "${COMPREPLY[*]}"
      }
      offer eni-init ch
      offer eni-init status --j
      offer eni-init attach l
      """
    let offered = try Program(["bash", "-c", lines]).result()
    #expect(offered.output.split(separator: "\n") == ["check", "--json", "lo"], "\(offered)")
  }
}
