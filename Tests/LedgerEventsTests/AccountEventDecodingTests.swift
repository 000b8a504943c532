@testable import EventStore
import LedgerDomain
import LedgerEvents
import Testing
import TestSupport

@Suite("A recorded account event")
struct AccountEventDecodingTests {
  @Test("is the one that was stored", arguments: [1, 2, 3])
  func roundTrips(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var types: Set<String> = []
    for _ in 0..<1_000 {
      let account = try AccountID.random(using: &random)
      let event = try AccountEvent.random(of: account, marker: "", using: &random)
      let stored = event.stored(salt: fixedSalt)
      let recorded = try RecordedEvent(stored, of: account)
      try #require(try AccountEvent(recorded) == event)
      try #require(try AccountEvent(recorded).stored(salt: fixedSalt) == stored)
      types.insert(stored.type)
    }
    #expect(types.count == 5)
  }

  @Test("is the same without the personal text that was erased")
  func erased() throws {
    let alice = try AccountID("alice")
    let usd = try #require(Currency(code: "USD"))
    let limit = Money(minorUnits: 5, in: usd)
    var movement = AccountEvent.Movement(amount: limit, balanceAfter: limit, description: "rent")
    let before = AccountEvent.deposited(movement).stored(salt: fixedSalt)
    movement.description = nil
    #expect(try Self.event(before.type, before.dataText) == .deposited(movement))
    let opened = AccountEvent.created(
      .init(accountID: alice, overdraftLimit: limit, holder: "Ada")
    ).stored(salt: fixedSalt)
    #expect(
      try Self.event(opened.type, opened.dataText)
        == .created(.init(accountID: alice, overdraftLimit: limit, holder: nil)))
  }

  @Test("is read however its JSON is laid out")
  func layout() throws {
    let usd = try #require(Currency(code: "USD"))
    let money = Money(minorUnits: 1_250, in: usd)
    let data =
      "{ \"balanceAfter\" : \"12.50\",\n \"currency\":\"\\u0055SD\", \"amount\":\"12.50\" }"
    #expect(
      try Self.event("MoneyDeposited", data)
        == .deposited(.init(amount: money, balanceAfter: money)))
  }

  @Test(
    "of an unknown type is refused, never skipped",
    arguments: ["MoneyBurnt", "", "moneyDeposited", "MoneyDeposited ", "TransferCompleted"])
  func unknownType(_ type: String) throws {
    let error = try Self.refusal(type, #"{"amount":"1.00"}"#)
    #expect(error.position == 42)
    #expect(error.problem.contains("'\(type)'"))
    #expect(error.problem.contains("unknown"))
  }

  @Test(
    "of an unknown version is refused, naming the version", arguments: [Int64.min, 0, 1, 3, 99])
  func unknownVersion(_ version: Int64) throws {
    for type in Self.types {
      let data = #"{"accountId":"alice","currency":"USD","overdraftLimit":"0.00"}"#
      let error = try Self.refusal(type, data, version: version)
      #expect(error.position == 42)
      #expect(error.problem.contains("version \(version) of '\(type)'"))
    }
  }

  static let types = [
    "AccountCreated", "AccountChanged", "MoneyDeposited", "MoneyWithdrawn", "AccountClosed",
  ]

  /// The event with this payload, without personal text.
  static func event(_ type: String, _ data: String, version: Int64 = 2) throws -> AccountEvent {
    try AccountEvent(
      RecordedEvent(
        type: type, version: version, data: Array(data.utf8), of: try AccountID("alice")))
  }

  /// Why the event with this payload is refused.
  static func refusal(
    _ type: String, _ data: String, version: Int64 = 2,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> EventDecodingError {
    try #require(throws: EventDecodingError.self, sourceLocation: sourceLocation) {
      try event(type, data, version: version)
    }
  }
}
