import EventStore
import Foundation
import LedgerDomain
import LedgerKit
import TestSupport
import Testing

@Suite("A backup of a ledger")
struct BackupTests {
  let folder: TemporaryFolder
  let clock = Book.Clock()
  let account: AccountID
  var path: String { folder.path("ledger.db") }
  var backup: String { folder.path("backup.db") }

  /// Three commits, the last of which has text.
  init() throws {
    folder = try TemporaryFolder()
    account = try AccountID("a")
    let usd = try Book.currency("USD")
    try Ledger.create(at: path, environment: environment)
    try withLedger { ledger in
      _ = try ledger.perform(.open(account, usd, holder: "Alice Johnson"), options)
    }
    for _ in 1...2 { try deposit("Payroll") }
  }

  private var options: CommandOptions { CommandOptions(actor: "tester") }

  private var environment: Ledger.Environment {
    Ledger.Environment(
      clockMicros: { [clock] in
        clock.micros += 1
        return clock.micros
      },
      randomBytes: { [clock] count in
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &clock.random) }
      })
  }

  /// What `body` gives; the file is closed afterwards.
  @discardableResult
  private func withLedger<Value>(
    at other: String? = nil, _ access: EventStore.Access = .readWrite,
    _ body: (Ledger) throws -> Value
  ) throws -> Value {
    try body(
      try Ledger(
        path: other ?? path, options: .init(access: access), environment: environment))
  }

  @discardableResult
  private func deposit(_ description: String? = nil) throws -> Receipt {
    try withLedger {
      try $0.perform(.deposit(Amount("5"), to: account, description: description), options)
    }
  }

  @discardableResult
  private func backUp() throws -> LedgerCopy {
    try Ledger.backUp(path, to: backup, environment: environment)
  }

  private func restore(against heads: [NotedHead] = []) throws -> LedgerCopy {
    try Ledger.restore(path, from: backup, against: heads, environment: environment)
  }

  private func note(_ receipt: Receipt) -> NotedHead {
    NotedHead(
      storeID: receipt.ledgerID, position: receipt.position, headHash: receipt.headHash,
      source: "the receipt")
  }

  @Test("says what it holds, which is what verify finds in it")
  func receipt() throws {
    let copy = try backUp()
    #expect(copy.path == backup)
    #expect(try withLedger { $0.id } == copy.ledgerID)
    #expect(try withLedger(at: backup, .readOnly) { try $0.verify() } == copy.content)
    #expect(copy.position == 3)
    #expect(copy.lastRecordedAt.map { $0 <= Instant(micros: clock.micros) } == true)
    #expect(copy.bytes == Int64(try Data(contentsOf: URL(fileURLWithPath: backup)).count))
  }

  @Test("is restored to the same ledger, which goes on from there")
  func restored() throws {
    let copy = try backUp()
    try FileManager.default.removeItem(atPath: path)
    let found = try restore()
    #expect(found.content == copy.content)
    #expect(found.ledgerID == copy.ledgerID)
    #expect(found.path == path)
    let receipt = try deposit()
    #expect(receipt.position == 4)
    #expect(receipt.accounts.map(\.balance.decimal) == ["15.00"])
    #expect(try withLedger(at: backup, .readOnly) { try $0.verify() } == copy.content)
  }

  @Test("lacks what was recorded later: any receipt of it tells, before restoring and after")
  func older() throws {
    let before = try deposit()
    try backUp()
    let lost = [try deposit(), try deposit()]
    try FileManager.default.removeItem(atPath: path)
    for receipt in lost {
      let error = StoreFileError.damaged(
        path: backup, position: 5,
        problem:
          "the receipt: it was noted at position \(receipt.position), and the log ends at 4: "
          + "the end of the log was cut off, or an older copy was put back")
      #expect(throws: error) { try restore(against: [note(before), note(receipt)]) }
    }
    #expect(try folder.names() == ["backup.db"])
    #expect(try restore(against: [note(before)]).position == 4)
    for receipt in lost {
      #expect(throws: StoreFileError.self) {
        try withLedger(.readOnly) { try $0.verify(against: [note(receipt)]) }
      }
    }
  }

  @Test(
    "that was written to has another history from there on, and the first such position is named")
  func forked() throws {
    let before = try deposit()
    try backUp()
    let lost = [try deposit(), try deposit()]
    try FileManager.default.removeItem(atPath: path)
    _ = try restore()
    for _ in 1...3 { try deposit() }
    _ = try withLedger(.readOnly) { try $0.verify(against: [note(before)]) }
    let error = StoreFileError.damaged(
      path: path, position: 5,
      problem: "the receipt: the history up to position 5 is another one than it was when this was "
        + "noted")
    #expect(throws: error) {
      try withLedger(.readOnly) {
        try $0.verify(against: (lost + [before]).reversed().map(note))
      }
    }
  }

  @Test(
    "of what does not verify is none: it says what is wrong with the ledger, and leaves nothing")
  func damaged() throws {
    do {
      let raw = try RawFile(path)
      try raw.run("UPDATE account_balances SET balance_minor = balance_minor + 1")
    }
    let damage = #expect(throws: StoreFileError.self) {
      try withLedger(.readOnly) { try $0.verify() }
    }
    let error = #expect(throws: StoreFileError.self) { try backUp() }
    #expect(error == damage)
    #expect(try !folder.names().contains { $0.hasPrefix("backup") })
  }

  @Test("that was changed is not restored, and nothing is left")
  func changed() throws {
    try backUp()
    try FileManager.default.removeItem(atPath: path)
    do {
      let raw = try RawFile(backup)
      try raw.run("UPDATE account_balances SET balance_minor = balance_minor + 1")
    }
    let error = #expect(throws: StoreFileError.self) { try restore() }
    guard case .damaged(backup, _, let problem) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(problem.contains("account_balances"))
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(try !folder.names().contains { $0.contains("draft") })
  }

  @Test(
    "that is cut off, is another file or none, is not restored", arguments: [0, 100, 8_192, 70_000])
  func truncated(_ bytes: UInt64) throws {
    try backUp()
    try FileManager.default.removeItem(atPath: path)
    let handle = try #require(FileHandle(forUpdatingAtPath: backup))
    try handle.truncate(atOffset: bytes)
    try handle.close()
    let error = #expect(throws: StoreFileError.self) { try restore() }
    switch error {
    case .notAStore(backup, _), .damaged(backup, _, _): break
    default: Issue.record("\(String(describing: error))")
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("has no text that was erased before it was made")
  func erased() throws {
    try withLedger { ledger in
      _ = try ledger.erase(
        ErasureRequest(.account(account), actor: "officer", reason: "Request 9"))
    }
    let copy = try backUp()
    #expect(copy.position == 4)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: backup))
    for text in ["Alice", "Payroll"] { #expect(bytes.range(of: Data(text.utf8)) == nil) }
    #expect(bytes.range(of: Data("Request 9".utf8)) != nil)
  }

  @Test(
    "of any format stays of that format, and was verified as migration makes it",
    arguments: KeptLedger.all)
  func formats(_ kept: KeptLedger) throws {
    let folder = try TemporaryFolder()
    let path = try kept.copy(to: folder)
    let (backup, restored) = (folder.path("backup.db"), folder.path("restored.db"))
    var stages: Set<CopyStage> = []
    let copy = try Ledger.backUp(path, to: backup, environment: environment) { stage, _, _ in
      stages.insert(stage)
    }
    #expect(stages == [.copying])
    #expect(copy.content.commits == kept.commits)
    #expect(copy.content.events == kept.events)
    #expect(copy.content.headHash.hex == kept.headHash)
    let found = try Ledger.restore(restored, from: backup, environment: environment)
    #expect(found.content == copy.content)
    for file in [path, backup, restored] {
      #expect(try RawFile(file).column("PRAGMA user_version") == ["\(kept.format)"])
    }
    #expect(try !folder.names().contains { $0.contains("draft") || $0.contains("format") })
    #expect(try KeptLedger.open(restored, .readWrite).verify() == copy.content)
  }

  @Test("of a later format is not made, nor is a ledger from one")
  func laterFormat() throws {
    try RawFile(path).run("PRAGMA user_version = 99")
    let error = #expect(throws: StoreFileError.self) { try backUp() }
    guard case .tooNew(path, 99, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try !folder.names().contains { $0.hasPrefix("backup") })
  }
}
