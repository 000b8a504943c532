import EventStore
import Foundation
import LedgerDomain
import LedgerKit
import TestSupport

/// A ledger in an empty folder, with a clock that the test turns.
final class Book {
  private let folder: TemporaryFolder
  let path: String
  let ledger: Ledger
  private let clock: Clock

  final class Clock {
    var micros: Int64 = 1_800_000_000_000_000
    var random = SeededRandom(seed: 7)
  }

  init() throws {
    folder = try TemporaryFolder()
    clock = Clock()
    let environment = Self.environment(clock)
    path = folder.path("ledger.db")
    try Ledger.create(at: path, environment: environment)
    ledger = try Ledger(
      path: path, options: .init(access: .readWrite), environment: environment)
  }

  /// The clock, in microseconds since 1970.
  var clockMicros: Int64 {
    get { clock.micros }
    set { clock.micros = newValue }
  }

  /// Another connection to the same file.
  func reopened(
    _ access: EventStore.Access = .readOnly, onNotice: @escaping (StoreNotice) -> Void = { _ in }
  ) throws -> Ledger {
    var environment = Self.environment(clock)
    environment.onNotice = onNotice
    return try Ledger(path: path, options: .init(access: access), environment: environment)
  }

  private static func environment(_ clock: Clock) -> Ledger.Environment {
    .init(
      clockMicros: {
        clock.micros += 1
        return clock.micros
      },
      randomBytes: { count in
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &clock.random) }
      })
  }

  /// Performs `command`, at `effectiveAt` if it is given.
  @discardableResult
  func perform(
    _ command: Command, at effectiveAt: Instant? = nil,
    _ change: (inout CommandOptions) -> Void = { _ in }
  ) throws -> Receipt {
    var options = CommandOptions(actor: "tester")
    options.effectiveAt = effectiveAt
    change(&options)
    return try ledger.perform(command, options)
  }

  /// What comes of `command`, with what `perform` takes.
  func attempt(
    _ command: Command, at effectiveAt: Instant? = nil,
    _ change: (inout CommandOptions) -> Void = { _ in }
  ) throws -> Result<Receipt, Rejection> {
    do {
      return .success(try perform(command, at: effectiveAt, change))
    } catch let rejection as Rejection {
      return .failure(rejection)
    }
  }

  func open(_ id: String, _ code: String = "USD", limit: String? = nil) throws -> AccountID {
    let account = try AccountID(id)
    let currency = try Self.currency(code)
    try perform(.open(account, currency, overdraftLimit: limit.map { Amount($0) }))
    return account
  }

  static func currency(_ code: String) throws -> Currency {
    guard let currency = Currency(code: code) else { throw Rejection.unknownCurrency(code: code) }
    return currency
  }

  func balance(_ id: AccountID) throws -> String {
    try ledger.balance(of: id).balance.decimal
  }
}

extension Result<Receipt, Rejection> {
  /// The code of the refusal; nil if there was none.
  var code: String? {
    if case .failure(let rejection) = self { rejection.code } else { nil }
  }
}
