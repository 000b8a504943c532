import Foundation
import LedgerDomain
import LedgerKit
import Testing
import TestSupport

@testable import EventStore

@Suite("A ledger of an older file format")
struct MigratedLedgerTests {
  private static let older = KeptLedger.all.filter { $0.format < StoreSchema.format }

  @Test("is brought up to date once, with one notice", arguments: older)
  func once(_ kept: KeptLedger) throws {
    let folder = try TemporaryFolder()
    let path = try kept.copy(to: folder)
    var notices: [StoreNotice] = []
    for _ in 0..<2 { _ = try KeptLedger.open(path, .readWrite) { notices.append($0) } }
    #expect(
      notices == [
        .migrated(
          path: path, from: kept.format, to: StoreSchema.format,
          copy: "\(path).format-\(kept.format)")
      ])
    #expect(try RawFile(path).column("PRAGMA user_version") == ["\(StoreSchema.format)"])
  }

  @Test("keeps every row of its log, and a copy as it was stands beside it", arguments: older)
  func rows(_ kept: KeptLedger) throws {
    let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
    let original = try RawFile(try kept.copy(to: other))
    let tables = try original.column("SELECT name FROM sqlite_schema WHERE type = 'table'")
    let before = try original.contents(of: tables)
    #expect(before["recorded_events"]?.count == Int(kept.events))
    let path = try kept.copy(to: folder)
    let ledger = try KeptLedger.open(path, .readWrite)
    _ = try ledger.perform(
      .deposit(Amount("1"), to: AccountID("acct-42")), CommandOptions(actor: "user-5"))
    let copy = try RawFile("\(path).format-\(kept.format)")
    #expect(try copy.column("PRAGMA user_version") == ["\(kept.format)"])
    #expect(try copy.column("PRAGMA application_id") == ["\(Ledger.applicationID)"])
    #expect(try copy.contents(of: tables) == before)
    let schema = "SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2"
    #expect(try copy.rows(schema) == original.rows(schema))
    let after = try RawFile(path).contents(of: KeptLedger.logTables)
    for (table, rows) in after {
      let old = try #require(before[table])
      #expect(rows.filter(old.contains) == old, "\(table)")
    }
  }

  @Test("has a copy that this program opens and migrates just the same", arguments: older)
  func copyIsALedger(_ kept: KeptLedger) throws {
    let folder = try TemporaryFolder()
    let path = try kept.copy(to: folder)
    _ = try KeptLedger.open(path, .readWrite)
    let copy = try KeptLedger.open("\(path).format-\(kept.format)", .readWrite)
    #expect(try copy.verify().headHash.hex == kept.headHash)
    let mode = try FileManager.default.attributesOfItem(atPath: "\(path).format-\(kept.format)")
    #expect(mode[.posixPermissions] as? Int == 0o600, "it holds what the ledger holds")
  }

  @Test("stays as it was if no copy can be made", arguments: older)
  func noCopy(_ kept: KeptLedger) throws {
    let folder = try TemporaryFolder()
    let path = try kept.copy(to: folder)
    // A folder that is not empty stands where the copy would be begun.
    let place = "\(path).format-\(kept.format).part"
    try FileManager.default.createDirectory(
      atPath: place + "/inside", withIntermediateDirectories: true)
    #expect(throws: StoreFileError.self) { try KeptLedger.open(path, .readWrite) }
    #expect(try RawFile(path).column("PRAGMA user_version") == ["\(kept.format)"])
    try FileManager.default.removeItem(atPath: place)
    let ledger = try KeptLedger.open(path, .readWrite)
    #expect(try ledger.verify().headHash.hex == kept.headHash)
  }
}
