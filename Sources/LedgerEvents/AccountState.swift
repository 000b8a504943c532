package import EventStore
import JSONText
package import LedgerDomain

/// An account as the store folds it: from events in recorded order, and from snapshots.
package struct AccountState: Aggregate, Hashable, Sendable {
  /// The account itself.
  package var account: Account
  /// Stream position of the last event in it; nil before the first.
  package private(set) var version: Int64?

  package init(streamID: String) {
    guard let id = AccountStream.account(of: streamID) else {
      preconditionFailure("'\(streamID)' is no account's stream")
    }
    account = Account(id: id)
  }

  /// Throws `EventDecodingError` if the event can't be read, and `StoreProblem` if it can't follow the
  /// ones before: another currency, more than 64 bits, another balance than it says.
  package mutating func evolve(_ recorded: RecordedEvent) throws {
    let event = try AccountEvent(recorded)
    let effectiveAt = Instant(micros: recorded.commit.effectiveAtMicros)
    try checkFold(of: event, recorded)
    account.evolve(event, effectiveAt: effectiveAt)
    version = recorded.streamPosition
    if let expected = event.movement?.balanceAfter, account.standing?.balance != expected {
      throw StoreProblem(
        position: recorded.position,
        problem: "its balanceAfter is not what the events before it add up to")
    }
  }

  /// Moves past an event that was just decided.
  package mutating func evolve(_ event: AccountEvent, effectiveAt: Instant) {
    account.evolve(event, effectiveAt: effectiveAt)
    version = (version ?? -1) + 1
  }

  private func checkFold(
    of event: AccountEvent, _ recorded: RecordedEvent
  ) throws(StoreProblem) {
    guard let movement = event.movement, let balance = account.standing?.balance else { return }
    guard movement.amount.currency == balance.currency else {
      throw StoreProblem(
        position: recorded.position,
        problem: "it is in \(movement.amount.currency), its account in \(balance.currency)")
    }
    let (_, overflow) = balance.minorUnits.addingReportingOverflow(event.signedMinorUnits)
    guard !overflow else {
      throw StoreProblem(
        position: recorded.position, problem: "the balance after it exceeds 64 bits")
    }
  }
}

// MARK: Snapshots

extension AccountState {
  /// Version 1 of a saved account:
  ///
  ///     {"version":99,"status":"active","currency":"USD","balance":"12.50","overdraftLimit":"0.00",
  ///      "latestEffectiveAtUs":…,"openedAtUs":…,"limitSinceUs":…}
  ///
  /// Times are microseconds since 1970, UTC, and absent where the account has none.
  package static let snapshots: SnapshotCodec<AccountState>? = SnapshotCodec(
    version: 1, encode: { $0.saved }, decode: { try AccountState(streamID: $0, saved: $1) })

  private var saved: [UInt8] {
    var state = JSONObjectWriter()
    state.add("version", version)
    state.add("status", account.isClosed ? "closed" : "active")
    if let standing = account.standing {
      state.add("currency", standing.balance.currency.code)
      state.add("balance", standing.balance.decimal)
      state.add("overdraftLimit", standing.overdraftLimit.decimal)
      state.add("latestEffectiveAtUs", standing.latestEffectiveAt?.micros)
      state.add("openedAtUs", standing.openedAt?.micros)
      state.add("limitSinceUs", standing.limitSince?.micros)
    }
    return state.finished()
  }

  /// What is wrong with a saved account.
  private struct Malformed: Error, CustomStringConvertible {
    let description: String
  }

  private init(streamID: String, saved: [UInt8]) throws {
    self.init(streamID: streamID)
    let state = try JSONValue(parsing: saved)
    func money(_ name: String, _ currency: Currency) throws -> Money {
      guard let text = state[name]?.string, let money = Money(storedDecimal: text, in: currency)
      else { throw Malformed(description: "its \(name) is no amount in \(currency)") }
      return money
    }
    func instant(_ name: String) throws -> Instant? {
      guard let value = state[name] else { return nil }
      guard let micros = value.int64 else { throw Malformed(description: "its \(name) is no time") }
      return Instant(micros: micros)
    }
    guard let version = state["version"]?.int64, let code = state["currency"]?.string,
      let currency = Currency(code: code), let status = state["status"]?.string,
      status == "active" || status == "closed", version >= 0, version < 1 << 53
    else { throw Malformed(description: "it lacks a version, a currency or a status") }
    let standing = Account.Standing(
      balance: try money("balance", currency),
      overdraftLimit: try money("overdraftLimit", currency),
      latestEffectiveAt: try instant("latestEffectiveAtUs"),
      openedAt: try instant("openedAtUs"), limitSince: try instant("limitSinceUs"))
    self.version = version
    account = Account(
      id: account.id, state: status == "closed" ? .closed(standing) : .active(standing))
  }
}
