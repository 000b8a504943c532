import Foundation
import Hostile
import JSONText
import Testing

/// Files that a stranger made, handed to the program itself.
@Suite("The program, given a file that a stranger made")
struct HostileLedgerTests {
  private static let pristine = Result { try Pristine() }

  private static let commands = [
    "accounts", "balance acct-42", "balance-at acct-42 2027-01-15", "summary acct-42",
    "history acct-42",
    "statement acct-42 --month 2027-01", "search rent", "stats", "alerts list", "flows acct-42",
    "path acct-42 acct-99", "cycles", "diff acct-42 2027-01 now", "restated --all --since 2",
    "audit", "events",
    "replay acct-42", "why 9", "period list", "verify", "checkpoint", "prove 3", "doctor",
    "snapshot list",
    "snapshot verify", "projections list", "projections verify", "subscriptions list",
    "export events",
    "deposit acct-42 1 --dry-run", "deposit acct-42 1", "snapshot create --all",
    "projections rebuild",
    "import events /dev/null", "init",
  ]

  /// Of each sort that the library does not see as the program does, and some of the others.
  private static let names = [
    "a folder", "a pipe", "an endless device", "a link to itself", "noise",

    "a file that claims four billion pages", "-wal: noise",
    "-journal: a journal that cuts the file off",
    "-shm: noise", "to 8191 bytes", "an endless view of events",
    "a trigger after INSERT of recorded_events", "a check that never ends",
    "a table whose name would steer a terminal",
    "the schema says of streams: rootpage = 2147483647",
    "page 2 is all ones",
  ]

  @Test("ends with a status and a sentence, soon, and a terminal is shown both", arguments: names)
  func programs(_ name: String) throws {
    let pristine = try Self.pristine.get()
    let file = try #require(
      HostilePlan.files(of: pristine).first { "\($0)".hasSuffix(name) }, "\(name)")
    let sandbox = try Sandbox()
    try file.write(pristine, to: sandbox.path("ledger.db"))
    let script = Self.commands.map {
      "timeout -s ABRT 60 ledger \($0) < /dev/null > out 2> err; echo $?; cat out err >> all; wc -c < err"
    }
    let lines = try sandbox.run(script.joined(separator: "\n")).output.split(separator: "\n")
    try #require(lines.count == 2 * Self.commands.count)
    for (number, command) in Self.commands.enumerated() {
      let (status, words) = (Int32(lines[2 * number]), Int(lines[2 * number + 1]))
      #expect([0, 1, 64, 65, 66, 73, 74, 75].contains(status), "\(command): \(lines[2 * number])")
      // `verify`, `doctor` and the like say what is wrong as their answer.
      #expect(status == 0 || status == 65 || words ?? 0 > 20, "\(command) says nothing")
    }
    let shown = try String(
      decoding: Data(contentsOf: URL(fileURLWithPath: sandbox.path("all"))), as: UTF8.self)
    let obeyed = shown.unicodeScalars.first { $0.steersTerminal && $0 != "\n" }
    #expect(obeyed == nil, "U+\(String(obeyed?.value ?? 0, radix: 16))")
  }

  @Test("and a path that no system takes, ends with a status and a sentence")
  func longPath() throws {
    let sandbox = try Sandbox()
    for count in [255, 256, 4_096, 100_000] {
      let path = String(repeating: "x", count: count)
      for command in ["accounts", "deposit a 1", "init", "verify"] {
        let outcome = try sandbox.run("ledger \(command) --db \(path)")
        #expect([0, 1, 64, 65, 66, 73, 74].contains(outcome.status), "\(command), \(count)")
        #expect(outcome.status == 0 || outcome.errors.utf8.count > 20)
      }
    }
  }
}
