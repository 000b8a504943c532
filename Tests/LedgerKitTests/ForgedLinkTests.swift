import EventStore
import LedgerDomain
import Testing

@testable import LedgerKit

/// Commits as no command makes them, with hashes that are right.
@Suite("A link between commits that no command makes")
struct ForgedLinkTests {
  let book: Book
  let (a, b): (AccountID, AccountID)

  /// 100.00 on `a` at position 3, 40.00 on `b` at 4, a transfer of 10.00 at 5 and 6.
  init() throws {
    book = try Book()
    (a, b) = (try book.open("a"), try book.open("b"))
    try book.perform(.deposit(Amount("100"), to: a))
    try book.perform(.deposit(Amount("40"), to: b))
    try book.perform(.transfer(Amount("10"), from: a, to: b))
  }

  /// Records a withdrawal of 40.00 from `account` with this metadata, at position 7.
  private func record(_ metadata: String, of account: AccountID, type: String = "MoneyWithdrawn")
    throws
  {
    let version = try book.ledger.balance(of: account).version
    let balance = account == a ? "50.00" : "10.00"
    let data = #"{"amount":"40.00","currency":"USD","balanceAfter":"\#(balance)"}"#
    let event = NewEvent(type: type, version: 2, data: Array(data.utf8))
    let commit = NewCommit(
      appends: [
        StreamAppend(
          streamID: "BankAccount-\(account)", expectedVersion: .exactly(version), events: [event])
      ], actor: "forger", correlationID: "c", otherMetadata: Array(metadata.utf8))
    _ = try book.ledger.store.write { try $0.append(commit) }
  }

  /// What verify says is wrong at position 7; nil if all is well.
  private func problem() throws -> String? {
    do {
      _ = try book.reopened().verify()
      return nil
    } catch StoreFileError.damaged(_, let position, let problem) {
      #expect(position == 7)
      return problem
    }
  }

  @Test("the same commit with right links, or with names that are none, is no damage")
  func right() throws {
    try record(#"{"reverses":4,"corrects":6,"ip":"::1"}"#, of: b)
    #expect(try problem() == nil)
  }

  @Test(
    "is found by verify, with what is wrong",
    arguments: [
      (#"{"reverses":3}"#, "it is not the opposite of position 3"),
      (#"{"reverses":6}"#, "it is not the opposite of position 6"),
      (#"{"reverses":2}"#, "it reverses position 2, which moved no money"),
      (#"{"reverses":5}"#, "its commit reverses position 5, at which no earlier commit ends"),
      (#"{"corrects":5}"#, "its commit corrects position 5, at which no earlier commit ends"),
      (#"{"corrects":7}"#, "its commit corrects position 7, at which no earlier commit ends"),
      (#"{"corrects":0}"#, "its commit corrects position 0, at which no earlier commit ends"),
      (#"{"reverses":-4}"#, "its commit reverses position -4, at which no earlier commit ends"),
      (
        #"{"corrects":9007199254740993}"#,
        "its commit corrects position 9007199254740993, at which no earlier commit ends"
      ),
    ])
  func wrong(_ metadata: String, _ sentence: String) throws {
    try record(metadata, of: b)
    #expect(try problem() == sentence)
  }

  @Test("to a deposit on another account is not its opposite")
  func otherAccount() throws {
    try record(#"{"reverses":4}"#, of: a)
    #expect(try problem() == "it is not the opposite of position 4")
  }

  @Test("a second reversal of the same commit is found, and names the first")
  func twice() throws {
    try book.perform(.deposit(Amount("40"), to: a))
    let file = try book.reopened(.readWrite)
    _ = try file.perform(.reverse(Reversal(of: 4)), CommandOptions(actor: "tester"))
    // The first is at 8, the forgery at 9.
    let version = try book.ledger.balance(of: b).version
    let data = #"{"amount":"40.00","currency":"USD","balanceAfter":"-30.00"}"#
    let commit = NewCommit(
      appends: [
        StreamAppend(
          streamID: "BankAccount-b", expectedVersion: .exactly(version),
          events: [NewEvent(type: "MoneyWithdrawn", version: 2, data: Array(data.utf8))])
      ], actor: "forger", correlationID: "c", otherMetadata: Array(#"{"reverses":4}"#.utf8))
    _ = try book.ledger.store.write { try $0.append(commit) }
    let damage = StoreFileError.damaged(
      path: book.path, position: 9,
      problem: "it reverses position 4, which was reversed before, at position 8")
    #expect(throws: damage) { try book.reopened().verify() }
  }

  @Test(
    "that is no position, recorded by another program, is what verify finds and no command goes past",
    arguments: [
      (#"{"reverses":"4"}"#, "its commit's metadata names no position in 'reverses'"),
      (#"{"corrects":4.5}"#, "its commit's metadata names no position in 'corrects'"),
      ("[4]", "its commit's metadata is no JSON object"),
    ])
  func foreign(_ metadata: String, _ sentence: String) throws {
    let now = book.clockMicros + 1
    let other = try EventStore(
      path: book.path, access: .readWrite,
      configuration: .init(applicationID: Ledger.applicationID) { now })
    let data = #"{"amount":"40.00","currency":"USD","balanceAfter":"10.00"}"#
    let commit = NewCommit(
      appends: [
        StreamAppend(
          streamID: "BankAccount-b", expectedVersion: .exactly(2),
          events: [NewEvent(type: "MoneyWithdrawn", version: 2, data: Array(data.utf8))])
      ], actor: "forger", correlationID: "c", otherMetadata: Array(metadata.utf8))
    _ = try other.write { try $0.append(commit) }
    #expect(try problem() == sentence)
    let ledger = try book.reopened(.readWrite)
    #expect(throws: EventDecodingError.self) {
      try ledger.perform(.deposit(Amount("1"), to: a), CommandOptions(actor: "tester"))
    }
  }

  @Test("that is no position is refused where it would be recorded")
  func unreadable() throws {
    for metadata in [#"{"reverses":"4"}"#, #"{"corrects":4.5}"#, "[]"] {
      #expect(throws: EventDecodingError.self, "\(metadata)") { try record(metadata, of: b) }
    }
    #expect(try book.ledger.verify().events == 6)
  }
}
