import EventStore
import Foundation
import LedgerKit
import Testing

/// `ledger erase` beside other programs and files.
@Suite("Erasing")
struct EraseTests {
  private static func ledger(_ sandbox: Sandbox, _ name: String = "ledger.db") throws -> Ledger {
    try Ledger(
      path: sandbox.path(name), options: .init(access: .readOnly),
      environment: .init(clockMicros: { 0 }, randomBytes: { _ in [] }))
  }

  private static func makeLedger() throws -> Sandbox {
    let sandbox = try Sandbox()
    try sandbox.run(
      """
      ledger init; ledger open a --currency USD --holder 'Alice Johnson' --reason 'Walk-in'
      ledger open b --currency USD --holder 'Bob Lee'
      ledger deposit a 100 --description Payroll --idempotency-key pay-1
      ledger transfer a b 30 --description 'Rent 4711' --reason 'Lease 7'
      """)
    return sandbox
  }

  private static let dumps = [
    "audit", "audit a --format csv", "events --format ndjson", "events --raw --format json",
    "history a", "history a --format ndjson", "accounts", "accounts --format json", "balance a",
    "export events", "snapshot list", "doctor", "verify",
  ]

  @Test("leaves the text in no dump, nor in a copy that is made afterwards")
  func dumps() throws {
    let sandbox = try Self.makeLedger()
    try sandbox.run("ledger snapshot create --all")
    #expect(try sandbox.run("ledger audit").output.contains("Payroll"))
    #expect(try sandbox.run("ledger erase --account a --reason 'Request 9'").status == 0)
    #expect(try sandbox.run("ledger erase 2 5 --reason 'Request 9'").status == 0)
    try sandbox.run("sqlite3 ledger.db .dump > dump.sql; sqlite3 ledger.db '.backup backup.db'")
    for dump in Self.dumps {
      let outcome = try sandbox.run("ledger \(dump)")
      #expect(outcome.status == 0 && !outcome.output.isEmpty, "\(dump)")
      try sandbox.write(outcome.output, to: "dump-\(dump.hashValue)")
    }
    let found = try sandbox.run(
      "cat * | grep -a -c -e Alice -e Johnson -e 'Bob Lee' -e Walk -e Payroll -e 4711 -e Lease")
    #expect(found.output == "0\n")
    let copy = try sandbox.run("ledger verify --db backup.db")
    #expect(copy.output == (try sandbox.run("ledger verify").output))
  }

  @Test("leaves no word in the index of a search, nor in the file")
  func searched() throws {
    let sandbox = try Self.makeLedger()
    #expect(try sandbox.run("ledger search payroll").output.contains("Payroll"))
    #expect(try sandbox.run("cat ledger.db* | grep -a -i -c payroll").output != "0\n")
    #expect(try sandbox.run("ledger erase --account a --reason 'Request 9'").status == 0)
    #expect(try sandbox.run("cat ledger.db* | grep -a -i -c payroll").output == "0\n")
    #expect(try sandbox.run("ledger search payroll").output == "Nothing was found.\n")
    #expect(try sandbox.run("cat ledger.db* | grep -a -i -c payroll").output == "0\n")
  }

  @Test("that a reader keeps from its clean-up says so with exit 75, and finishes when repeated")
  func reader() throws {
    let sandbox = try Self.makeLedger()
    let erase = "ledger erase 3 --reason x --busy-timeout 0.05"
    try Self.ledger(sandbox).forEachEvent(EventQuery()) { event in
      guard event.position == 1 else { return }
      let outcome = try sandbox.run(erase)
      #expect(outcome.status == 75)
      #expect(outcome.output.hasPrefix("Erased 1 text.\n"))
      #expect(
        outcome.errors == """
          ledger: erasure_unfinished: the text was erased and the erasure is recorded, but old \
          pages are still in ledger.db or ledger.db-wal because another program uses the ledger; run the same \
          command again when it has ended

          """)
      #expect(try sandbox.run("cat ledger.db* | grep -a -c Payroll").output != "0\n")
      #expect(try sandbox.run(erase + " --format json").status == 75)
    }
    let again = try sandbox.run(erase)
    #expect(again.status == 0)
    #expect(again.output.hasPrefix("Nothing was left to erase: it is erased since position 6"))
    #expect(try sandbox.run("cat ledger.db* | grep -a -c Payroll").output == "0\n")
    #expect(try sandbox.run("ledger verify").output.hasPrefix("OK: 5 commits, 6 events"))
  }

  @Test("names the copies in older formats that the program has left beside the file")
  func olderCopies() throws {
    let sandbox = try Sandbox()
    let original = Program.fixtures.appendingPathComponent("ledgers/format-1.ledger").path
    try FileManager.default.copyItem(atPath: original, toPath: sandbox.path("ledger.db"))
    try FileManager.default.copyItem(
      atPath: original, toPath: sandbox.path("ledger.db.format-1.2"))
    let erase = "ledger erase --account acct-42 --reason x --accept-clock --format ndjson"
    let rehearsal = try sandbox.run(erase + " --dry-run")
    #expect(rehearsal.status == 65 && rehearsal.errors.contains("ledger_too_old"))
    let outcome = try sandbox.run(erase)
    #expect(outcome.status == 0)
    #expect(
      outcome.errors.hasSuffix(
        """
        {"notice":{"code":"copies_hold_text","message":"older copies of the ledger may hold what \
        was erased; delete them once you can do without: ledger.db.format-1, \
        ledger.db.format-1.2"}}

        """))
    #expect(try sandbox.run("ledger verify").status == 0)
    #expect(try sandbox.run("cat ledger.db ledger.db-wal | grep -a -c Alice").output == "0\n")
    try sandbox.run("rm ledger.db.format-1*")
    #expect(try sandbox.run(erase).errors.isEmpty)
  }

  @Test("from four processes at once is recorded once, and all say so")
  func race() throws {
    let sandbox = try Self.makeLedger()
    let racers = try (0..<4).map { _ in
      try sandbox.start("ledger erase --account a --reason x --format ndjson --busy-timeout 60")
    }
    let outcomes = try racers.map { try $0.outcome() }
    let receipts = try outcomes.flatMap { try Sandbox.objects(in: $0.output) }
    #expect(receipts.count == 4)
    #expect(receipts.filter { $0["replayed"] as? Bool == false }.count == 1)
    #expect(receipts.allSatisfy { $0["position"] as? Int == 6 })
    #expect(try sandbox.run("ledger erase --account a --reason x").status == 0)
    #expect(try sandbox.run("cat ledger.db* | grep -a -c Payroll").output == "0\n")
  }

  @Test("is the only command after which the log has less than before: there is no way to delete")
  func noDeletion() throws {
    let sandbox = try Self.makeLedger()
    let tables = ["commits", "recorded_events", "streams", "event_types", "actors", "store"]
    func counts() throws -> [Int] {
      try (tables + ["personal_texts"]).map { table in
        let count = try sandbox.run("sqlite3 ledger.db 'SELECT count(*) FROM \(table)'").output
        return try #require(Int(count.dropLast()))
      }
    }
    for word in ["delete", "remove", "purge", "truncate", "rollback", "compact", "drop", "undo"] {
      #expect(try sandbox.run("ledger \(word) a").status == 64, "\(word)")
    }
    try sandbox.run("ledger export events -o all.ndjson")
    var before = try counts()
    for command in [
      "init", "open c --currency USD", "change a --holder X", "deposit a 1", "withdraw a 1",
      "transfer a b 1", "close c", "snapshot create --all", "snapshot prune --all",
      "snapshot settings --use off", "import events all.ndjson", "verify", "doctor",
      "erase 1 --reason x --dry-run", "erase 99 --reason x", "erase 1 --reason x",
    ] {
      _ = try sandbox.run("ledger \(command)")
      let after = try counts()
      let isErasure = command == "erase 1 --reason x"
      for (index, (old, new)) in zip(before, after).enumerated() {
        #expect(new >= old || isErasure && index == tables.count, "\(command)")
      }
      before = after
    }
  }
}
