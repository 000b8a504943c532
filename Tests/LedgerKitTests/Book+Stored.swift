import EventStore
import Foundation
import LedgerDomain
import Testing

@testable import LedgerKit

extension Book {
  /// An account that version 1 of the events opened and moved money on: 74.50 USD, version 2.
  ///
  /// Counts at 1,000 s, 2,000 s and 1,500 s before now, in this order.
  func openOldAccount(_ id: String = "ada") throws -> AccountID {
    let account = try AccountID(id)
    let now = clockMicros
    func secondsAgo(_ seconds: Int64) -> Instant { Instant(micros: now - seconds * 1_000_000) }
    try store(
      "AccountCreated",
      #"{"accountId": "\#(id)", "currency": "USD", "name": "Ada Lovelace"}"#, of: account,
      at: secondsAgo(2_000))
    try store(
      "MoneyDeposited", #"{"amount": 100.00, "currency": "USD", "description": "Payroll"}"#,
      of: account, at: secondsAgo(1_500))
    try store(
      "MoneyWithdrawn", #"{"amount": 2.55e1, "currency": "USD"}"#, of: account,
      at: secondsAgo(1_000))
    return account
  }

  /// Records an event below the rules, as another version of the program stored it.
  func store(
    _ type: String, version: Int64 = 1, _ data: String, of account: AccountID,
    at effectiveAt: Instant? = nil
  ) throws {
    _ = try ledger.store.write { transaction in
      try transaction.append(Self.commit(type, version, data, account, effectiveAt))
    }
  }

  /// Records `commit` below the rules.
  func append(_ commit: NewCommit) throws {
    _ = try ledger.store.write { try $0.append(commit) }
  }

  /// Records an event that this build can't read, and leaves the projection as a newer one would:
  /// with the event seen.
  func storeUnreadable(_ type: String, version: Int64, of account: AccountID) throws {
    var configuration = EventStore.Configuration(
      applicationID: Ledger.applicationID, clockMicros: { Int64(1_900_000_000_000_000) })
    configuration.catalog = nil
    let store = try EventStore(path: path, access: .readWrite, configuration: configuration)
    let data = #"{"amount":"1.00","currency":"USD","balanceAfter":"1.00"}"#
    _ = try store.write { transaction in
      try transaction.append(Self.commit(type, version, data, account, nil))
    }
    try RawFile(path).run(
      "UPDATE projections SET checkpoint = (SELECT max(position) FROM recorded_events)")
  }

  /// A commit of one event, whatever its type and version.
  static func commit(
    _ type: String, _ version: Int64, _ data: String, _ account: AccountID,
    _ effectiveAt: Instant?
  ) -> NewCommit {
    let event = NewEvent(type: type, version: version, data: Array(data.utf8))
    return NewCommit(
      appends: [
        StreamAppend(
          streamID: "BankAccount-\(account)", expectedVersion: .any, events: [event])
      ], actor: "teller", correlationID: "old-\(type)", effectiveAtMicros: effectiveAt?.micros)
  }

  /// All events that `query` asks for.
  func events(_ query: EventQuery = EventQuery()) throws -> [RecordedEvent] {
    var events: [RecordedEvent] = []
    try ledger.forEachEvent(query) { events.append($0) }
    return events
  }

  /// All accounts, by id.
  func accounts() throws -> [AccountSummary] {
    var accounts: [AccountSummary] = []
    try ledger.forEachAccount { accounts.append($0) }
    return accounts
  }

  /// The movements of `account`: `-25.50 74.50 Payroll`.
  func history(_ account: AccountID) throws -> [String] {
    var history: [String] = []
    try ledger.forEachMovement(of: account) { entry in
      let parts = [entry.amount.decimal, entry.balance.decimal, entry.description]
      history.append(parts.compactMap(\.self).joined(separator: " "))
    }
    return history
  }
}

extension RecordedEvent {
  /// The payload as text.
  var text: String { String(decoding: data, as: UTF8.self) }
}
