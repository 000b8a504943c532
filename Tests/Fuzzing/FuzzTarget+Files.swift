import EventStore
import JSONText
import LedgerCLI
import LedgerDomain
import LedgerImport
import LedgerKit

/// What stands in files that come from somewhere else.
extension FuzzTarget {
  static let files = [csv, statement, commands, export, rules, proof, notes]

  private static let csv = FuzzTarget("csv", tokens: ["\"", ",", "\r\n", "\r", "\"\"", "\u{FEFF}"])
  {
    let book = try FuzzBook()
    return { check, bytes in
      let records = try csvRecords(in: book.file(bytes))
      var printed: [UInt8] = []
      for record in records {
        let quoted = record.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }
        printed += Array((quoted.joined(separator: ",") + "\n").utf8)
      }
      try check.require(
        try csvRecords(in: book.file(printed)), is: records, "records printed and read")
    }
  }

  private static func csvRecords(in path: String) throws -> [[String]] {
    var reader = CSVReader(
      try TextSource(path: path, encoding: nil), delimiter: UInt8(ascii: ","))
    var records: [[String]] = []
    while let record = try reader.next() { records.append(record.fields) }
    return records
  }

  /// The first byte says which mapping, the rest is the file.
  private static let statement = FuzzTarget(
    "statement",
    tokens: [
      "Date,Text,Amount\n", "2026-03-01,Coffee,-3.50\n", "\"", ";", "1.234,56", "credit", "debit",
      "From,To,Amount\n", "-0.00", "+1", "\u{FEFF}",
    ]
  ) {
    let book = try FuzzBook()
    let mappings = try statementMappings()
    return { check, bytes in
      guard let first = bytes.first else { return }
      var options = CommandOptions(actor: "clerk")
      options.correlationID = "import"
      var job = CSVImport(
        path: try book.file(Array(bytes.dropFirst())),
        mapping: mappings[Int(first) % mappings.count],
        options: options, mode: .dryRun)
      var problems: [InputError] = []
      job.onProblem = { problems.append($0) }
      let result = try job.run(on: book.ledger)
      for problem in problems { try check.require(answered: problem) }
      try check.require(
        result.rows, is: result.booked + result.replayed + result.refused + result.malformed,
        "the rows")
      try check.require(try book.ledger.checkpoint().position, is: 6, "the head after a dry run")
    }
  }

  private static func statementMappings() throws -> [CSVMapping] {
    var plain = CSVMapping(
      source: "bank", accounts: .one(try AccountID("checking")), amounts: .column("Amount"))
    (plain.dateColumn, plain.descriptionColumn) = ("Date", "Text")
    var typed = CSVMapping(
      source: "bank", accounts: .column("Account"),
      amounts: .typed(amount: "Amount", type: "Type", credit: ["credit"], debit: ["debit"]))
    typed.idColumn = "Id"
    guard let usd = Currency(code: "USD") else { return [] }
    typed.opening = .init(currency: usd, overdraftLimit: Amount("1000"))
    var split = CSVMapping(
      source: "bank", accounts: .one(try AccountID("a")),
      amounts: .split(credit: "In", debit: "Out"))
    (split.dateColumn, split.dateFormat) = ("Date", DateFormat("%d.%m.%y"))
    (split.delimiter, split.decimalMark, split.balanceColumn) = (UInt8(ascii: ";"), ",", "Balance")
    var transfers = CSVMapping(
      source: "bank", accounts: .transfer(from: "From", to: "To"), amounts: .column("Amount"))
    transfers.encoding = "ISO-8859-2"
    var wide = plain
    (wide.encoding, wide.skippedLines) = ("UTF-16", 1)
    return [plain, typed, split, transfers, wide]
  }

  private static let commands = FuzzTarget(
    "commands",
    tokens: [
      #""command":"deposit""#, #""command":"transfer""#, #""command":"open""#, #""account":"a""#,
      #""from":"a","to":"b""#, #""amount":"1.00""#, #""position":2"#, #""idempotencyKey":"k""#,
      #""expectedVersion":1"#, #""effectiveAt":"yesterday""#, #""reason":"r""#, "\n", "{", "}",
    ]
  ) {
    let book = try FuzzBook()
    return { check, bytes in
      var job = CommandImport(path: try book.file(bytes), options: CommandOptions(actor: "clerk"))
      job.isDryRun = true
      var problems: [InputError] = []
      var lines: Int64 = 0
      let sink = ResultSink(
        line: { outcome in
          if case .problem(let problem) = outcome { problems.append(problem) }
          lines += 1
          return []
        }, write: { _ in }, flush: {})
      let result = try job.run(on: book.ledger, results: sink)
      for problem in problems { try check.require(answered: problem) }
      try check.require(lines, is: result.lines, "a result for each line")
      try check.require(try book.ledger.checkpoint().position, is: 6, "the head after a dry run")
    }
  }

  private static let export = FuzzTarget(
    "export",
    tokens: [
      #""position":1"#, #""streamId":"BankAccount-a""#, #""type":"MoneyDeposited""#, "null",
      "\\u001b",
      #""recordedAt":"2026-06-01T12:00:00.000000Z""#, #""number":2"#, "9223372036854775807", "\n",
    ]
  ) {
    let book = try FuzzBook()
    var empty = try book.emptyLedger()
    return { check, bytes in
      for line in bytes.split(separator: 0x0A) {
        guard let commit = try? CommitLine(parsing: Array(line)) else { continue }
        let record = try CommitLine.record(of: commit.events, in: commit.ledgerID)
        let again = try CommitLine(parsing: JSONValue.object(record).compact)
        try check.require(again, is: commit, "a commit printed and read")
      }
      let job = EventsImport(path: try book.file(bytes))
      _ = try job.run(on: empty)
      try check.require(
        try empty.verify().commits, is: try empty.checkpoint().treeSize, "what was taken verifies")
      empty = try book.emptyLedger()
    }
  }

  private static let rules = FuzzTarget(
    "rules",
    tokens: [
      "source bank\n", "account a\n", "date-column Date\n", "amount-column Amount\n", "# note\n",
      "delimiter ;\n", "open-accounts\n", "skip-lines 3\n", "\u{85}", "\u{2028}", "=",
    ]
  ) {
    let book = try FuzzBook()
    return { check, bytes in
      let words = ["import", "csv", "statement.csv", "--rules=\(try book.file(bytes))"]
      let expanded = try ImportRules.expanded(words)
      try check.require(
        expanded.dropFirst(2).dropLast(2).allSatisfy { $0.hasPrefix("--") },
        "every rule is an option")
      if let answer = LedgerProgram.mistake(in: words) { try check.require(shows: answer) }
    }
  }

  private static let proof = FuzzTarget(
    "proof",
    tokens: [
      #""format":"ledger-proof/1""#, #""proves":"inclusion""#, #""proves":"consistency""#,
      #""path":[]"#, #""treeSize":9223372036854775807"#, "0", "null",
    ]
  ) {
    let book = try FuzzBook()
    return { check, bytes in
      let proof = try ProofRecord(path: book.file(bytes))
      let printed = JSONValue.object(try proof.record()).compact
      try check.require(
        try ProofRecord(path: book.file(printed)), is: proof, "a proof printed and read")
      do {
        try proof.check(against: [try book.ledger.checkpoint()])
        throw FuzzFinding(description: "a proof holds in a ledger that it is not of")
      } catch let error as ProofError {
        try check.require(!error.problem.isEmpty, "an error without a word")
      }
      // And against what it says itself, which may be true.
      let own: [Checkpoint] =
        switch proof {
        case .inclusion(let proof): [proof.checkpoint]
        case .consistency(let proof): [proof.first, proof.second]
        }
      try? proof.check(against: own)
    }
  }

  private static let notes = FuzzTarget(
    "notes",
    tokens: [
      "ledger-checkpoint/1 ", #"{"checkpoint":{"#, #""headHash":""#, #""command":"deposit""#,
      #""globalPosition":1,"eventType":"x""#, "# ", "\r\n", " 9223372036854775807 ",
    ]
  ) {
    let book = try FuzzBook()
    return { check, bytes in
      let checkpoints = try NotesFile.checkpoints(in: book.file(bytes))
      let lines = checkpoints.compactMap(CheckpointRecord.line)
      guard lines.count == checkpoints.count else { return }
      let printed = Array(lines.joined(separator: "\n").utf8)
      try check.require(
        try NotesFile.checkpoints(in: book.file(printed)), is: checkpoints,
        "checkpoints printed and read")
      do {
        _ = try book.ledger.verify(against: checkpoints.map { NotedHead($0, source: "a file") })
        throw FuzzFinding(description: "a checkpoint holds in a ledger that it is not of")
      } catch let finding as FuzzFinding {
        throw finding
      } catch {
        try check.require(answered: error)
      }
    }
  }
}
