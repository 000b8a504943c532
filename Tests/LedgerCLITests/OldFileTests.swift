import Foundation
import Testing

/// A ledger that an earlier version of the program has made: `fixtures/ledgers/format-1.ledger`.
@Suite("A file of an older format")
struct OldFileTests {
  let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    let original = Program.fixtures.appendingPathComponent("ledgers/format-1.ledger").path
    try FileManager.default.copyItem(atPath: original, toPath: sandbox.path("ledger.db"))
  }

  private static let tooOld = """
    ledger: ledger_too_old: ledger.db has file format 1, and this version reads 5; bring it up to \
    date (a copy is kept) with: ledger init --db ledger.db

    """

  private static let note = """
    ledger: note: ledger.db was brought from file format 1 to 5; as it was, it is kept at \
    ledger.db.format-1

    """

  private static let verified = """
    OK: 13 commits, 14 events
      head 508d77af0197a88787324d60d2f8e88154920b96a2ee808638e10b7827e2a9d8

    """

  @Test(
    "is not read but named, with what to do, and not one byte of it changes",
    arguments: [
      "balance acct-42", "accounts", "verify", "audit", "events", "events --raw", "export events",
      "history acct-42", "balance-at acct-42 today", "snapshot list", "snapshot settings", "doctor",
      "deposit acct-42 1 --dry-run",
    ])
  func reading(_ command: String) throws {
    let before = try Data(contentsOf: URL(fileURLWithPath: sandbox.path("ledger.db")))
    let outcome = try sandbox.run("ledger \(command)")
    #expect(outcome.status == 65)
    #expect(outcome.errors == Self.tooOld)
    #expect(outcome.output.isEmpty)
    #expect(try Data(contentsOf: URL(fileURLWithPath: sandbox.path("ledger.db"))) == before)
    #expect(try sandbox.run("ls | grep format").output.isEmpty)
  }

  @Test("is brought up to date by init, which keeps a copy and loses nothing")
  func initializing() throws {
    let first = try sandbox.run("ledger init")
    #expect(first.status == 0)
    #expect(first.errors == Self.note)
    #expect(first.output.hasSuffix("its file is up to date now.\n"))
    let second = try sandbox.run("ledger init")
    #expect(second.errors.isEmpty)
    #expect(second.output.hasSuffix("nothing was changed.\n"))
    #expect(try sandbox.run("ledger verify").output == Self.verified)
    let balances = try sandbox.run("ledger accounts --format csv | cut -d, -f1,3,4").output
    #expect(
      balances == """
        accountId,balance,status
        acct-42,2600.00,active
        acct-99,480.50,active
        kasse,0,closed

        """)
    #expect(try sandbox.run("ledger verify --db ledger.db.format-1").errors.contains("format 1"))
    #expect(try sandbox.run("ledger init --db ledger.db.format-1").status == 0)
    #expect(try sandbox.run("ledger verify --db ledger.db.format-1").output == Self.verified)
  }

  @Test("is brought up to date by the first command that writes, with a note beside its receipt")
  func writing() throws {
    let deposit = try sandbox.run("ledger deposit acct-42 1 --accept-clock --format ndjson")
    #expect(deposit.status == 0)
    let words = Self.note.dropFirst("ledger: note: ".count).dropLast()
    #expect(
      deposit.errors == "{\"notice\":{\"code\":\"migrated\",\"message\":\"\(words)\"}}\n")
    #expect(deposit.output.contains(#""position":15,"#))
    #expect(deposit.output.contains(#""balance":"2601.00""#))
    let second = try sandbox.run("ledger deposit acct-42 1 --accept-clock")
    #expect(second.errors.isEmpty)
    #expect(try sandbox.run("ledger verify").output.hasPrefix("OK: 15 commits, 16 events"))
  }

  @Test("eight processes race to write on it first: all succeed, and one brings it up to date")
  func race() throws {
    let racers = try (0..<8).map { _ in
      try sandbox.start("ledger deposit acct-42 1 --accept-clock --busy-timeout 60")
    }
    let outcomes = try racers.map { try $0.outcome() }
    #expect(outcomes.allSatisfy { $0.status == 0 })
    #expect(outcomes.map(\.errors).sorted() == [String](repeating: "", count: 7) + [Self.note])
    #expect(try sandbox.run("ledger balance acct-42").output == "acct-42  2608.00 USD\n")
    #expect(try sandbox.run("ledger verify").output.hasPrefix("OK: 21 commits, 22 events"))
    let files = try sandbox.run("ls | grep -v -e wal -e shm").output
    #expect(files == "ledger.db\nledger.db.format-1\n")
    try sandbox.run("ledger init --db ledger.db.format-1")
    #expect(try sandbox.run("ledger verify --db ledger.db.format-1").output == Self.verified)
  }

  @Test("eight processes race to bring it up to date with init: all succeed, one says that it did")
  func initRace() throws {
    let racers = try (0..<8).map { _ in try sandbox.start("ledger init --busy-timeout 60") }
    let outcomes = try racers.map { try $0.outcome() }
    #expect(outcomes.allSatisfy { $0.status == 0 })
    #expect(outcomes.filter { $0.errors == Self.note }.count == 1)
    #expect(outcomes.filter { $0.errors.isEmpty }.count == 7)
    #expect(try sandbox.run("ledger verify").output == Self.verified)
  }
}
