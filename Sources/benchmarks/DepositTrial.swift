import EventStore
import LedgerBench
import LedgerDomain
import LedgerEvents
import LedgerKit
import LedgerProjections

/// What the inline projections cost a deposit: the same commits are appended, one a transaction and durably,
/// to a ledger and to a copy of it whose store knows no projections.
///
/// Only the append is timed: a command reads and decides beside it, which costs both the same.
struct DepositTrial {
  private static let rounds = 1_000
  private static let account = "acct-deposits"

  /// The median time of an append with all inline projections, in microseconds.
  let withMicros: Int64
  /// And without any.
  let withoutMicros: Int64

  /// Opens an account in the ledger at `path`, copies it, and tries both.
  init(path: String, copy: (_ from: String) -> String) throws {
    let euro = try Self.openAccount(at: path)
    let with = try Self.store(path, AllProjections.all)
    let without = try Self.store(copy(path), [])
    var (withTimes, withoutTimes): ([Int64], [Int64]) = ([], [])
    for round in 1...Self.rounds {
      let commit = Self.deposit(number: round, euro)
      withTimes.append(try Self.micros(of: commit, to: with))
      withoutTimes.append(try Self.micros(of: commit, to: without))
    }
    (withMicros, withoutMicros) = (withTimes.median, withoutTimes.median)
  }

  private static func openAccount(at path: String) throws -> Currency {
    guard let euro = Currency(code: "EUR") else { preconditionFailure("EUR is a currency") }
    _ = try Ledger.open(path, .readWrite)
      .perform(.open(AccountID(account), euro), CommandOptions(actor: "bench"))
    return euro
  }

  private static func store(
    _ path: String, _ projections: [any Projection.Type]
  ) throws -> EventStore {
    var setup = EventStore.Configuration(
      applicationID: Ledger.applicationID, clockMicros: SystemClock.micros)
    setup.catalog = LedgerEvent.catalog
    setup.decode = { try DecodedEvent($0) }
    setup.projections = projections
    return try EventStore(path: path, access: .readWrite, configuration: setup)
  }

  private static func deposit(number: Int, _ currency: Currency) -> NewCommit {
    let event = AccountEvent.deposited(
      .init(
        amount: Money(minorUnits: 100, in: currency),
        balanceAfter: Money(minorUnits: 100 * Int64(number), in: currency),
        description: "Deposit \(number)"))
    let salt = [UInt8](repeating: 7, count: PersonalText.saltBytes)
    return NewCommit(
      appends: [
        StreamAppend(
          streamID: "BankAccount-\(account)", expectedVersion: .exactly(Int64(number) - 1),
          events: [event.stored { salt }])
      ], actor: "bench", correlationID: "deposit-\(number)")
  }

  private static func micros(of commit: NewCommit, to store: EventStore) throws -> Int64 {
    let start = ContinuousClock.now
    _ = try store.write { try $0.append(commit) }
    return Int64((ContinuousClock.now - start) / .microseconds(1))
  }
}
