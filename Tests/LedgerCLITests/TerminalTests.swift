import Foundation
import JSONText
import Testing

/// What somebody wrote into the ledger, or named a file, is shown and never obeyed.
@Suite("A terminal")
struct TerminalTests {
  private let sandbox: Sandbox

  /// Whatever a terminal obeys, or an eye is deceived by.
  private static let hostile =
    "A\u{1B}]0;owned\u{7}\u{1B}[31m\u{9B}2J\u{85}\r\u{8}\u{7F}\u{202E}cba\u{202C}\u{2066}\u{2069}\u{200B}\u{FEFF}\u{61C}Z"

  init() throws {
    sandbox = try Sandbox()
    try sandbox.write(Self.hostile, to: "text")
    try sandbox.write(
      "Date,\(Self.hostile.replacing("\r", with: "")),Amount\n1,2\n", to: "head.csv")
    try sandbox.write(
      "Date,Text,Amount\n2026-03-01,\(Self.hostile.replacing("\r", with: "")),1.00\n2026-03-02,\(Self.hostile.replacing("\r", with: "")),x\n",
      to: "rows.csv")
    try sandbox.write("\(Self.hostile) x\n", to: "bad.rules")
    try sandbox.write(
      "{\"command\":\"deposit\",\"account\":\"\\u001b[31m\",\"amount\":\"\\u202e\"}\n",
      to: "in.ndjson")
    let outcome = try sandbox.run(
      """
      t="$(cat text)"
      ledger init; ledger open a --currency USD --holder "$t"; ledger open b --currency USD
      ledger deposit a 500 --description "$t" --reason "$t" --actor "$t" --correlation-id "$t" \
        --causation-id "$t" --idempotency-key "$t"
      ledger transfer a b 5 --description "$t" --reason "$t"
      ledger reverse 4 --description "$t" --reason "$t"
      ledger erase 4 --reason "$t"
      ledger alerts rules add big --kind large-amount --amount 5 --currency USD --reason "$t"
      ledger period close 2020-01 --reason "$t"
      ledger subscriptions create x --from start
      ledger subscriptions run x --once --retries 0 -- ./no-such"$t"
      printf '#!/bin/sh\\nexit 1\\n' > refuse; chmod +x refuse
      ledger subscriptions run x --once --retries 0 -- ./refuse "$t"
      cp ledger.db "$t.db"
      """)
    try #require(outcome.errors.contains("\\u{1B}"))
  }

  /// Nil if a terminal would show `text` as it is, apart from bold type and the ends of lines.
  private func obeyed(_ text: String) -> String? {
    let rest = text.replacing("\u{1B}[1m", with: "").replacing("\u{1B}[0m", with: "")
    return rest.unicodeScalars.first { $0.steersTerminal && $0 != "\n" }.map {
      "U+\(String($0.value, radix: 16)) in \(text.prefix(2_000).debugDescription)"
    }
  }

  private static let commands = [
    "accounts", "summary a", "balance a", "balance-at a now --explain", "history a", "statement a",
    "statement a --month $(date -u +%Y-%m)", "search owned", "search 'A* OR Z*'", "stats",
    "alerts list",
    "alerts rules list", "flows a", "path a b", "cycles", "diff a 2020-01-01 now",
    "restated --all --since 2",
    "audit a", "audit --actor \"$t\"", "events", "events --raw", "events --integration", "replay a",
    "why 3",
    "period list", "period verify", "verify", "checkpoint", "prove 3", "doctor", "snapshot list",
    "projections list",
    "subscriptions list", "subscriptions dead-letters x", "subscriptions read x", "export events",
  ]

  @Test(
    "is shown what is in the ledger, in every format, and obeys none of it",
    arguments: ["text", "json", "ndjson", "csv"])
  func answers(_ format: String) throws {
    let script = Self.commands.map { command in
      "ledger \(command) -O \(format)"
    }.joined(separator: "\n")
    let shown = try Terminal.show("t=\"$(cat text)\"\n\(script)", in: sandbox)
    #expect(obeyed(shown) == nil)
    // It was there, and is shown.
    #expect(shown.contains("owned"))
    #expect(shown.contains(format == "json" || format == "ndjson" ? "\\u001b" : "\\u{1B}"))
  }

  private static let mistakes = [
    "deposit \"$t\" 5", "deposit a \"$t\"", "deposit a 5 \"$t\"", "deposit a 5 --\"$t\"", "\"$t\"",
    "deposit a 5 --effective \"$t\"", "deposit a 5 --expected-version \"$t\"",
    "balance-at a \"$t\"",
    "diff a \"$t\" now", "accounts --db \"$t\"", "verify --db \"$t.db\"", "init --db \"no/$t\"",
    "accounts -o \"no/$t\"",
    "accounts -O \"$t\"", "import csv \"$t\" --source s --account a --amount-column x",
    "import csv head.csv --source s --account a --amount-column x",
    "import csv rows.csv --source s --account a --amount-column Amount --date-column Date --description-column Text",
    "import csv rows.csv --source s --account a --amount-column Amount --date-column Date --description-column Text --dry-run",
    "import csv rows.csv --rules bad.rules",
    "import csv rows.csv --encoding \"$t\" --source s --account a --amount-column x",
    "import commands in.ndjson", "import events text", "import events \"$t\"",
    "verify --against text",
    "verify-proof text --checkpoint text", "search \"$t\"", "search 'description:('",
    "projections rebuild \"$t\"",
    "subscriptions read \"$t\"", "subscriptions create \"$t\"",
    "subscriptions create y --type \"$t\"", "alerts rules remove \"$t\"",
    "deposit a 1 --idempotency-key \"$t\"", "open \"$t\" --currency \"$t\"",
    "statement a --month \"$t\"", "why \"$t\"",
    "help \"$t\"", "alerts rules add z --kind \"$t\"", "audit --type \"$t\"", "stats --days \"$t\"",
  ]

  @Test(
    "is shown what is wrong with words and files, and obeys none of them",
    arguments: ["text", "json"])
  func errors(_ format: String) throws {
    let isJSON = format == "json" ? " --format json" : ""
    let script = Self.mistakes.map { mistake in "ledger \(mistake)\(isJSON)" }.joined(
      separator: "\n")
    let shown = try Terminal.show("t=\"$(cat text)\"\n\(script)", in: sandbox)
    #expect(obeyed(shown) == nil)
    #expect(shown.contains("owned"))
  }
}
