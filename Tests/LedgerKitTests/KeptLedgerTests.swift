import Foundation
import LedgerDomain
import LedgerKit
import LedgerProjections
import Testing
import TestSupport

@testable import EventStore

@Suite("A ledger of every file format that there ever was")
struct KeptLedgerTests {
  @Test("is kept, from the first format to this program's")
  func complete() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: KeptLedger.folder.path)
    let kept = names.filter { $0.hasSuffix(".ledger") }.sorted()
    #expect(kept == (1...StoreSchema.format).map { "format-\($0).ledger" })
    #expect(KeptLedger.all.map(\.format) == Array(1...StoreSchema.format))
  }

  @Test("says which format it has", arguments: KeptLedger.all)
  func format(_ kept: KeptLedger) throws {
    let folder = try TemporaryFolder()
    let path = try kept.copy(to: folder)
    #expect(try RawFile(path).column("PRAGMA user_version") == ["\(kept.format)"])
    guard kept.format < StoreSchema.format else { return }
    let old = StoreFileError.tooOld(
      path: path, format: kept.format, current: StoreSchema.format)
    #expect(throws: old) { try KeptLedger.open(path, .readOnly) }
    #expect(try RawFile(path).column("PRAGMA user_version") == ["\(kept.format)"])
  }

  @Test(
    "opens, verifies with the head hash that it had, and gives its answers",
    arguments: KeptLedger.all)
  func answers(_ kept: KeptLedger) throws {
    let folder = try TemporaryFolder()
    let path = try kept.copy(to: folder)
    let ledger = try KeptLedger.open(path, .readWrite)
    let found = try ledger.verify()
    #expect(found.headHash.hex == kept.headHash)
    #expect(found.commits == kept.commits)
    #expect(found.events == kept.events)
    var balances: [String: String] = [:]
    try ledger.forEachAccount { account in
      balances[account.accountID.text] =
        account.balance.decimal + (account.isClosed ? " closed" : "")
    }
    #expect(balances == kept.balances)
    let account = try AccountID("acct-42")
    let cuts = ["2026-02-28": "0.00", "2026-03-31": "-100.00", "2026-04-14": "3100.00"]
    for (day, expected) in cuts {
      let instant = try Instant(parsing: day, edge: .end, now: .latest)
      let cut = Cut.instants(effective: instant, known: nil)
      #expect(try ledger.balance(of: account, at: cut).balance.decimal == expected, "\(day)")
    }
    #expect(try KeptLedger.open(path, .readOnly).verify() == found)
  }

  @Test("has projections whose rows change only with their version", arguments: KeptLedger.all)
  func projections(_ kept: KeptLedger) throws {
    let folder = try TemporaryFolder()
    let path = try kept.copy(to: folder)
    let raw = try RawFile(path)
    let balances = "SELECT version FROM projections WHERE name = 'account_balances'"
    let version = try raw.column(balances)
    let rows = try raw.contents(of: ["account_balances"])
    let ledger = try KeptLedger.open(path, .readWrite)
    try raw.run("DELETE FROM projections; DELETE FROM account_balances")
    try ledger.setSnapshotPolicy(try ledger.snapshotPolicy())
    let rebuilt = try raw.column(balances)
    let rebuiltRows = try raw.contents(of: ["account_balances"])
    #expect(rebuilt != version || rebuiltRows == rows)
    #expect(rebuilt.count == 1)
    #expect(try ledger.verify().headHash.hex == kept.headHash)
  }

  @Test(
    "has in every projection what its events still make of it, unless the projection's version rose",
    arguments: KeptLedger.all.filter { $0.format > 3 })
  func frozenFold(_ kept: KeptLedger) throws {
    let folder = try TemporaryFolder()
    let path = try kept.copy(to: folder)
    let raw = try RawFile(path)
    let versions = Dictionary(
      uniqueKeysWithValues: try raw.rows("SELECT name, version FROM projections").map {
        ($0[0], $0[1])
      })
    let ledger = try KeptLedger.open(path, .readWrite)
    for type in AllProjections.all where versions[type.name] == "\(type.version)" {
      // Of a full-text index, which terms stand where; its own tables change with SQLite.
      let tables = type.tables.filter { !$0.isFullText }.map(\.name)
      let before = try raw.contents(of: tables)
      var differences: [ProjectionDifference] = []
      try ledger.verifyProjections([type.name]) { differences.append($0) }
      #expect(differences.isEmpty, "\(type.name) gives other rows: raise its version")
      try ledger.rebuildProjections([type.name])
      #expect(try raw.contents(of: tables) == before, "\(type.name)")
    }
    #expect(versions.count >= 8)
  }

  @Test("has snapshots that still hold", arguments: KeptLedger.all)
  func snapshots(_ kept: KeptLedger) throws {
    let folder = try TemporaryFolder()
    let ledger = try KeptLedger.open(try kept.copy(to: folder), .readWrite)
    let account = try AccountID("acct-99")
    var versions: [Int64] = []
    try ledger.forEachSnapshot(of: account) { versions.append($0.streamPosition) }
    #expect(versions == kept.snapshots)
    try ledger.verifySnapshots { #expect($1 == nil, "\($0)") }
    for version in versions {
      #expect(try ledger.loaded(account, through: version).snapshotVersion == version)
    }
  }

  @Test("is written on like a new one, and its keys still hold", arguments: KeptLedger.all)
  func commands(_ kept: KeptLedger) throws {
    let folder = try TemporaryFolder()
    let path = try kept.copy(to: folder)
    let ledger = try KeptLedger.open(path, .readWrite)
    let (a, b) = (try AccountID("acct-42"), try AccountID("acct-99"))
    var options = CommandOptions(actor: "tester")
    options.idempotencyKey = "rent-4"
    let rent = Command.transfer(Amount("500"), from: a, to: b, description: "Rent payment")
    #expect(try ledger.perform(rent, options).isReplay)
    #expect(throws: Rejection.self) { try ledger.perform(.deposit(Amount("1"), to: a), options) }
    options.idempotencyKey = nil
    let commands: [Command] = [
      .open(try AccountID("new"), try Book.currency("USD")),
      .transfer(Amount("100"), from: a, to: b), .withdraw(Amount("580.50"), from: b),
      .change(a, holder: "Alice"),
      .deposit(Amount("0.01"), to: a, description: "On top"), .close(b),
    ]
    for command in commands { _ = try ledger.perform(command, options) }
    #expect(try ledger.takeSnapshots() >= 2)
    let found = try KeptLedger.open(path, .readOnly).verify()
    #expect(found.commits == kept.commits + 6)
    #expect(found.events == kept.events + 7)
    #expect(throws: Rejection.accountClosed(try AccountID("kasse"))) {
      try ledger.perform(.deposit(Amount("1"), to: AccountID("kasse")), options)
    }
  }
}
