import Foundation
import Testing

/// Answers that nobody reads to the end, and lines that are very long.
@Suite("Long answers")
struct LongAnswersTests {
  let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    try sandbox.makeLedger()
  }

  @Test("a reader that went away does not keep an import of commands from booking")
  func closedPipe() throws {
    let command = #"{"command":"deposit","account":"a","amount":"1"}"# + "\n"
    try sandbox.write(String(repeating: command, count: 3_000), to: "commands.ndjson")
    let script = "(ledger import commands commands.ndjson; echo $? >status) | head -1"
    #expect(try sandbox.run(script).output.contains(#""balance":"1.00""#))
    #expect(try sandbox.read("status") == "0\n")
    #expect(try sandbox.run("ledger balance a").output == "a  3000.00 USD\n")
  }

  @Test("answers to a file are there to read while the import goes on")
  func streamedFile() throws {
    let command = #"{"command":"deposit","account":"a","amount":"1"}"#
    let script = """
      (echo '\(command)'; i=0; until grep -q balance answers.ndjson; do
        i=$((i + 1)); [ $i -lt 1000 ] || exit; sleep 0.01
      done; echo '\(command)') 2>/dev/null | ledger import commands - -o answers.ndjson
      """
    #expect(try sandbox.run(script).status == 0)
    #expect(try Sandbox.objects(in: sandbox.read("answers.ndjson")).count == 2)
  }

  @Test("a transfer with a text of 600 kB is exported and loaded again")
  func longText() throws {
    let text = String(repeating: "x\\u0007", count: 85_000)
    try sandbox.write(
      """
      {"command":"deposit","account":"a","amount":"5"}
      {"command":"transfer","from":"a","to":"b","amount":"5","description":"\(text)"}

      """, to: "commands.ndjson")
    #expect(try sandbox.run("ledger import commands commands.ndjson").status == 0)
    let script = "ledger export events -o all.ndjson; ledger init --db copy.db"
    #expect(try sandbox.run(script).status == 0)
    #expect(try sandbox.run("ledger import events all.ndjson --db copy.db").errors == "")
    #expect(try sandbox.run("ledger export events --db copy.db | cmp - all.ndjson").status == 0)
  }
}
