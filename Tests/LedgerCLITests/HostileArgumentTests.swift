import Foundation
import JSONText
import Testing

/// Words that mean something to SQLite, to its full-text index, or to a terminal, in every argument and
/// option of every subcommand.
///
/// Some of these name files that are written, by whoever runs the tests: no word may lead out of the
/// sandbox's folder to anything but a device.
@Suite("Hostile arguments")
struct HostileArgumentTests {
  private static let words = [
    "'; DROP TABLE commits; --", "\" OR 1=1 --", "x') UNION SELECT sql FROM sqlite_schema --", "%",
    "_", "*",
    "[a-z]*", "NEAR(", "\"", "^rent", "description:", "-x", "rent AND", "{description} : x",
    "((((((",
    "\\", "$(id)", "%n%s", "\u{1B}]0;owned\u{7}", "\u{9B}31m", "\u{202E}abc\u{2066}",
    "\r\u{8}\u{7F}x",
    "a\u{200B}\u{FEFF}b", "a\nb", "e\u{301}", "ﷺ", "", " ", "-9223372036854775808",
    "9223372036854775807",
    "99999999999999999999", "1e400", "nan", "0x10", "/dev/zero", "nowhere/../passwd", "-",
    String(repeating: "x", count: 100_000), String(repeating: "(", count: 5_000),
    String(repeating: "rent OR ", count: 3_000),
  ]

  /// What only SQLite says, or a statement would show.
  private static let innards = [
    "SQLite code", "syntax error", "SQL logic", "no such ", "near \"", "unrecognized token",
    "fts5:",
    "malformed MATCH", "unterminated string", "unknown special query", "SELECT ", "INSERT ",
    "ledger_damaged",
  ]

  private func book() throws -> Sandbox {
    let sandbox = try Sandbox()
    try sandbox.run(
      """
      ledger init; ledger open a --currency USD --holder Zoe; ledger open b --currency USD
      ledger deposit a 500 --description "rent, May" --reason because
      ledger transfer a b 5 --description rent
      ledger subscriptions create x --from start
      ledger alerts rules add x --kind large-amount --amount 5 --currency USD
      ledger checkpoint > checkpoint.txt; ledger prove 3 > proof.json
      printf 'Date,Amount\\n2026-03-01,1.00\\n' > in.txt
      """)
    return sandbox
  }

  /// All in one shell: each with an output, errors and a status of its own.
  private func run(_ lines: [[String]], in sandbox: Sandbox) throws -> [Sandbox.Outcome] {
    let script = lines.enumerated().map { number, words in
      let quoted = words.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
      return "timeout 60 ledger \(quoted) > .out-\(number) 2> .err-\(number) < /dev/null; echo $?"
    }
    try sandbox.write(script.joined(separator: "\n"), to: ".script")
    let statuses = try sandbox.run("sh .script").output.split(separator: "\n").compactMap {
      Int32($0)
    }
    try #require(statuses.count == lines.count)
    return try statuses.enumerated().map { number, status in
      func read(_ name: String) throws -> String {
        let data = try Data(contentsOf: URL(fileURLWithPath: sandbox.path("\(name)-\(number)")))
        return String(decoding: data, as: UTF8.self)
      }
      return Sandbox.Outcome(output: try read(".out"), errors: try read(".err"), status: status)
    }
  }

  /// Every argument that takes a value meets with some of the words; with all of them if `LEDGER_HOSTILE` is
  /// `all`.
  private func lines(_ command: CommandWords, _ next: inout Int) -> [[String]] {
    let all = ProcessInfo.processInfo.environment["LEDGER_HOSTILE"] == "all"
    let tried = command.arguments.filter { argument in
      // A program to run is nobody's text, and nothing is written to files of these names.
      argument.takesValue && !["command", "help"].contains(argument.name)
    }
    return tried.flatMap { argument -> [[String]] in
      let words = all ? Self.words : [Self.words[next % Self.words.count]]
      next += 1
      return words.map { command.line(setting: argument, to: $0) }
    }
  }

  @Test("are words and nothing else: to the database, to its index of words, and to a terminal")
  func arguments() throws {
    let leadsOut = Self.words.filter { word in
      word.hasPrefix("..") || word.contains("../..")
        || word.hasPrefix("/") && !word.hasPrefix("/dev/")
    }
    try #require(leadsOut.isEmpty)
    let sandbox = try book()
    let commands = try CommandWords.all(in: sandbox)
    #expect(commands.count > 50)
    var next = 0
    var statuses: Set<Int32> = []
    for command in commands {
      let lines = lines(command, &next)
      for (line, outcome) in zip(lines, try run(lines, in: sandbox)) {
        let words = line.map { String($0.prefix(80)) }
        statuses.insert(outcome.status)
        #expect([0, 1, 64, 65, 66, 73, 74, 75].contains(outcome.status), "\(words)")
        for text in [outcome.output, outcome.errors] {
          let obeyed = text.unicodeScalars.first { $0.steersTerminal && $0 != "\n" }
          #expect(obeyed == nil, "\(words) shows \(String(describing: obeyed?.value))")
        }
        let said = Self.innards.filter { innard in
          outcome.errors.contains(innard) && !line.contains { $0.contains(innard) }
        }
        #expect(said.isEmpty, "\(words): \(outcome.errors.prefix(400))")
      }
    }
    #expect(next > 500)
    #expect(statuses.isSuperset(of: [0, 1, 64, 66]))
    // Nothing was changed but by commands.
    let verified = try sandbox.run("ledger verify")
    #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
    #expect(try sandbox.run("ledger projections verify").status == 0)
    #expect(try sandbox.run("ledger audit a --limit 3").output.contains("MoneyDeposited"))
  }

  @Test("a NUL, which no argument can have, is refused in files")
  func nul() throws {
    let sandbox = try book()
    try sandbox.write(
      #"{"command":"deposit","account":"a","amount":"1","description":"x\u0000'; --"}"# + "\n",
      to: "in.txt")
    let outcome = try sandbox.run("ledger import commands in.txt")
    #expect(outcome.status == 65)
    #expect(outcome.output.contains("it has a NUL character"))
    try sandbox.write("source a\u{0}b\n", to: "x.rules")
    #expect(try sandbox.run("ledger import csv in.txt --rules x.rules").status == 64)
    #expect(try sandbox.run("ledger verify").status == 0)
  }
}
