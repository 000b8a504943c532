import EventStore
import Foundation
import LedgerDomain
import LedgerKit
import Testing

@testable import LedgerImport

@Suite("An export of a ledger in which text was erased")
struct ErasedExportTests {
  let source: Exchange
  /// Exported before anything was erased.
  let older: [String]
  /// Exported afterwards.
  let newer: [String]

  init() throws {
    source = try Exchange.full()
    older = try source.lines()
    try source.eraseAccounts()
    try source.perform(.deposit(Amount("1"), to: AccountID("acct-42"), description: "Later"))
    newer = try source.lines()
  }

  /// Expects that nothing is left of what was erased, in `copy` or in the lines it exports.
  private func expectErased(_ copy: Exchange) throws {
    #expect(try copy.head == source.head)
    #expect(try copy.lines() == newer)
    #expect(try copy.ledger.verify() == source.ledger.verify())
    let bytes = try copy.bytes()
    for text in ["Zoë", "Miete", "Lease 7", "Walk-in", "quoted"] {
      #expect(bytes.range(of: Data(text.utf8)) == nil, "\(text)")
    }
    #expect(bytes.range(of: Data("Later".utf8)) != nil)
  }

  @Test("makes the same ledger, in which it is erased too")
  func same() throws {
    let copy = try Exchange(seed: 8)
    #expect(try copy.load(newer) == source.head)
    try expectErased(copy)
  }

  @Test("erases what the lines of an older export, put before its own, still have")
  func concatenated() throws {
    #expect(older.joined().contains("Miete"))
    let copy = try Exchange(seed: 8)
    try copy.load(older + newer.dropFirst(older.count))
    try expectErased(copy)
    for count in [1, 5, 8] {
      let mixed = try Exchange(seed: 9)
      try mixed.load(Array(older.prefix(count)) + newer.dropFirst(count))
      try expectErased(mixed)
    }
  }

  @Test("from before the erasure is refused by the ledger itself, and empty ones become as it was")
  func olderExport() throws {
    #expect(throws: Rejection.ledgerNotEmpty(commits: 14)) { try source.load(older) }
    let copy = try Exchange(seed: 8)
    try copy.load(older)
    #expect(try copy.lines() == older)
    try copy.eraseAccounts()
    #expect(try !copy.lines().joined().contains("Miete"))
  }

  @Test("is refused where it lacks a text, or a reason, that no erasure in it names")
  func uncovered() throws {
    let copy = try Exchange(seed: 8)
    for (lines, position, what) in [
      (Array(newer.prefix(older.count)), 3, "personal text"),
      (
        older.map { $0.contains("Miete") ? newer[older.firstIndex(of: $0) ?? 0] : $0 }, 6,
        "personal text"
      ),
    ] {
      let error = #expect(throws: InputError.self) { try copy.load(lines) }
      #expect(error?.line == nil)
      #expect(
        error?.problem
          == "position \(position): its \(what) is missing, and no erasure names it")
      #expect(try copy.head.commitNumber == 0)
    }
  }
}
