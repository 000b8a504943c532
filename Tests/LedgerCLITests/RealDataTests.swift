import EventStore
import Foundation
import LedgerDomain
import LedgerKit
import Testing
import TestSupport

/// Real data with known answers. It is not part of the project: where it is absent, these are skipped.
@Suite("Real data")
struct RealDataTests {
  private static let berka = Program.realData.appendingPathComponent("berka").path
  private static let rules = Program.fixtures.appendingPathComponent("rules").path

  /// A ledger with a Berka statement imported from `file`.
  private func importBerka(_ file: String, into sandbox: Sandbox) throws -> Sandbox.Outcome {
    try sandbox.run("ledger init")
    return try sandbox.run(
      "ledger import csv \(file) --rules \(Self.rules)/berka.rules "
        + "--overdraft-limit 100000 --format ndjson")
  }

  private func open(_ sandbox: Sandbox) throws -> Ledger {
    try Ledger(
      path: sandbox.path("ledger.db"), options: .init(access: .readOnly),
      environment: .init(clockMicros: { Instant.latest.micros }, randomBytes: { _ in [] }))
  }

  /// What the bank says an account held at the end of a day, as text.
  private struct EndOfDay {
    let account: AccountID
    let day: String
    let balance: String

    var cut: Instant {
      get throws { try Instant(parsing: day, edge: .end, now: .latest) }
    }

    /// The data's answers, each account's in the order of days.
    static func all() throws -> [EndOfDay] {
      let text = try String(contentsOfFile: "\(berka)/end_of_day_balances.csv", encoding: .utf8)
      return try text.split(whereSeparator: \.isNewline).dropFirst().map { line in
        let fields = line.split(separator: ",").map(String.init)
        return EndOfDay(account: try AccountID(fields[0]), day: fields[1], balance: fields[2])
      }
    }
  }

  /// Compares all end-of-day answers; returns how many there are.
  private func checkEndOfDays(_ ledger: Ledger) throws -> Int {
    let answers = try EndOfDay.all()
    for answer in answers {
      let cut = Cut.instants(effective: try answer.cut, known: nil)
      let balance = try ledger.balance(of: answer.account, at: cut).balance
      #expect(balance.decimal == answer.balance, "\(answer)")
    }
    return answers.count
  }

  @Test(
    "Berka: as recorded, nothing is there before the import and every final balance after it",
    .enabled(if: Program.hasRealData("berka"), "../shared/data/berka is not here"))
  func berkaAsRecorded() throws {
    let sandbox = try Sandbox()
    #expect(try importBerka("\(Self.berka)/trans.asc", into: sandbox).status == 0)
    let ledger = try open(sandbox)
    var first: RecordedEvent?
    var query = EventQuery()
    query.limit = 1
    try ledger.forEachEvent(query) { first = $0 }
    let start = try #require(first).commit.header.recordedAtMicros
    let before = Instant(micros: start - 1)
    let last = Dictionary(try EndOfDay.all().map { ($0.account, $0) }) { $1.day > $0.day ? $1 : $0 }
    #expect(last.count == 200)
    for (account, answer) in last {
      for effective in [nil, try answer.cut] {
        let early = Cut.instants(effective: effective, known: before)
        #expect(throws: Rejection.accountNotThereYet(account)) {
          try ledger.balance(of: account, at: early)
        }
        let late = Cut.instants(effective: effective, known: .latest)
        #expect(try ledger.balance(of: account, at: late).balance.decimal == answer.balance)
      }
    }
    #expect(try sandbox.run("ledger accounts --known-at 1999-12-31 --format ndjson").output.isEmpty)
  }

  @Test(
    "Berka: the book at the end of a day adds up to the bank's balances of that day",
    .enabled(if: Program.hasRealData("berka"), "../shared/data/berka is not here"),
    arguments: ["1993-01-26", "1993-01-27", "1993-06-30", "1993-12", "1994-02-28", "1999-12-31"])
  func berkaBook(_ day: String) throws {
    let sandbox = try Sandbox()
    #expect(try importBerka("\(Self.berka)/trans.asc", into: sandbox).status == 0)
    let end = try Instant(parsing: day, edge: .end, now: .latest)
    let known = try EndOfDay.all().filter { try $0.cut <= end }
    let held = Dictionary(known.map { ($0.account.text, $0) }) { $1.day > $0.day ? $1 : $0 }
    let ledger = try open(sandbox)
    let sum = try held.values.map { answer in
      let cut = Cut.instants(effective: end, known: nil)
      let balance = try ledger.balance(of: answer.account, at: cut).balance
      #expect(balance.decimal == answer.balance)
      return balance.minorUnits
    }.reduce(0, +)
    let czk = try #require(Currency(code: "CZK"))
    let total = Money(minorUnits: sum, in: czk).decimal
    let printed = try sandbox.run("ledger accounts --at \(day) --totals --format csv").output
    let row = held.isEmpty ? "" : "CZK,\(held.count),\(total)\n"
    #expect(printed == "currency,accounts,total\n" + row)
    let lines = try sandbox.run("ledger accounts --at \(day) --format ndjson").output
    #expect(lines.split(separator: "\n").count == held.count)
  }

  @Test(
    "Berka: 3,601 rows, all 3,150 end-of-day balances, and importing again books nothing",
    .enabled(if: Program.hasRealData("berka"), "../shared/data/berka is not here"))
  func berka() throws {
    let sandbox = try Sandbox()
    let first = try importBerka("\(Self.berka)/trans.asc", into: sandbox)
    #expect(first.output.contains(#""rows":3601,"booked":3601,"replayed":0"#))
    #expect(first.output.contains(#""balanceDifferences":0"#))
    #expect(try checkEndOfDays(try open(sandbox)) == 3_150)
    let again = try importBerka("\(Self.berka)/trans.asc", into: sandbox)
    #expect(again.output.contains(#""rows":3601,"booked":0,"replayed":3601"#))
    #expect(try sandbox.run("ledger verify").status == 0)
  }

  @Test(
    "Berka: rows in shuffled order give the same answers",
    .enabled(if: Program.hasRealData("berka"), "../shared/data/berka is not here"))
  func shuffledBerka() throws {
    let sandbox = try Sandbox()
    let text = try String(contentsOfFile: "\(Self.berka)/trans.asc", encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline)
    var generator = SeededRandom(seed: 42)
    let shuffled = [lines[0]] + lines.dropFirst().shuffled(using: &generator)
    try sandbox.write(shuffled.joined(separator: "\r\n"), to: "shuffled.asc")
    #expect(try importBerka("shuffled.asc", into: sandbox).output.contains(#""booked":3601"#))
    #expect(try checkEndOfDays(try open(sandbox)) == 3_150)
  }

  @Test(
    "Berka: without an overdraft limit the first row that would overdraw is named",
    .enabled(if: Program.hasRealData("berka"), "../shared/data/berka is not here"))
  func refusedBerka() throws {
    let sandbox = try Sandbox()
    try sandbox.run("ledger init")
    let outcome = try sandbox.run(
      "ledger import csv \(Self.berka)/trans.asc --rules \(Self.rules)/berka.rules")
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("insufficient_funds: \(Self.berka)/trans.asc, line 412: 5868 "))
    #expect(try sandbox.run("ledger audit --format ndjson").output.isEmpty)
  }

  @Test(
    "AMLSim: 117,805 transfers, every final balance, with and without overdraft; flows and rings",
    .enabled(if: Program.hasRealData("amlsim"), "../shared/data/amlsim is not here"),
    arguments: [
      (limit: nil, column: 3, insufficient: 72_859), (limit: "1000000000", column: 2, 0),
    ] as [(limit: String?, column: Int, insufficient: Int)])
  func amlsim(_ limit: String?, _ column: Int, _ insufficient: Int) throws {
    let sandbox = try Sandbox()
    let data = Program.realData.appendingPathComponent("amlsim").path
    let overdraft = limit.map { "--overdraft-limit \($0)" } ?? ""
    try sandbox.run("ledger init")
    try sandbox.run(
      "ledger import csv \(data)/nodes.csv --rules \(Self.rules)/amlsim-accounts.rules \(overdraft)"
    )
    let outcome = try sandbox.run(
      "ledger import csv \(data)/transactions.csv --rules \(Self.rules)/amlsim-transfers.rules --each"
    )
    let refusals = outcome.errors.split(separator: "\n")
    #expect(refusals.filter { $0.contains(": insufficient_funds: ") }.count == insufficient)
    #expect(refusals.filter { $0.contains(": same_account: ") }.count == 14)
    let expected = try String(contentsOfFile: "\(data)/expected_final.csv", encoding: .utf8)
      .split(separator: "\n").dropFirst().map { $0.split(separator: ",").map(String.init) }
    var balances: [String: Int64] = [:]
    try open(sandbox).forEachAccount { balances[$0.accountID.text] = $0.balance.minorUnits }
    #expect(balances.count == 20_000)
    let wrong = expected.filter { balances[$0[0]].map(String.init) != $0[column] }
    #expect(wrong.isEmpty, "\(wrong.prefix(3))")
    if limit != nil {
      let writable = Ledger.Options(access: .readWrite)
      try RealFlows().check(
        Ledger(
          path: sandbox.path("ledger.db"), options: writable,
          environment: .init(clockMicros: { 2_000_000_000_000_000 }, randomBytes: { _ in [] })))
    }
  }
}
