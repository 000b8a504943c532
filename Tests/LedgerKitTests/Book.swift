import EventStore
import Foundation
import LedgerDomain
import LedgerKit

/// A ledger in an empty folder, with a clock that the test turns.
final class Book {
  let folder: URL
  let path: String
  let ledger: Ledger
  private let clock: Clock

  final class Clock {
    var micros: Int64 = 1_800_000_000_000_000
    var random = SeededGenerator(seed: 7)
  }

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("ledger-kit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    clock = Clock()
    let environment = Self.environment(clock)
    path = folder.appendingPathComponent("ledger.db").path
    try Ledger.create(at: path, environment: environment)
    ledger = try Ledger(
      path: path, options: .init(access: .readWrite), environment: environment)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// The clock, in microseconds since 1970.
  var clockMicros: Int64 {
    get { clock.micros }
    set { clock.micros = newValue }
  }

  /// Another connection to the same file.
  func reopened(_ access: EventStore.Access = .readOnly) throws -> Ledger {
    try Ledger(path: path, options: .init(access: access), environment: Self.environment(clock))
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

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
