import EventStore
import Foundation
import LedgerDomain
import LedgerKit
import Testing
import TestSupport

@Suite("An older copy of the file that was put back")
struct RestoredCopyTests {
  let folder: TemporaryFolder
  let environment: Ledger.Environment
  var path: String { folder.path("ledger.db") }

  init() throws {
    folder = try TemporaryFolder()
    let clock = Book.Clock()
    environment = Ledger.Environment(
      clockMicros: {
        clock.micros += 1
        return clock.micros
      },
      randomBytes: { count in
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &clock.random) }
      })
    try Ledger.create(at: path, environment: environment)
  }

  /// What `body` gives; the file is closed afterwards.
  private func withLedger<Value>(_ body: (Ledger) throws -> Value) throws -> Value {
    try body(
      try Ledger(path: path, options: .init(access: .readWrite), environment: environment))
  }

  @Test("lacks the position of a later receipt, and gives it to another commit with another hash")
  func detectable() throws {
    let (account, usd) = (try AccountID("a"), try Book.currency("USD"))
    let options = CommandOptions(actor: "tester")
    let deposit = Command.deposit(Amount("5"), to: account)
    try withLedger { ledger in
      _ = try ledger.perform(.open(account, usd), options)
      _ = try ledger.perform(deposit, options)
    }
    try FileManager.default.copyItem(atPath: path, toPath: folder.path("copy.db"))
    let lost = try withLedger { try $0.perform(deposit, options) }
    #expect(try withLedger { try $0.verify().headHash } == lost.headHash)

    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.moveItem(atPath: folder.path("copy.db"), toPath: path)
    #expect(try folder.names() == ["ledger.db"])
    let restored = try withLedger { try $0.verify() }
    #expect(restored.events < lost.position)
    let next = try withLedger { try $0.perform(deposit, options) }
    #expect(next.position == lost.position)
    #expect(next.ledgerID == lost.ledgerID)
    #expect(next.headHash != lost.headHash)
    #expect(try withLedger { try $0.verify().headHash } == next.headHash)
  }
}
