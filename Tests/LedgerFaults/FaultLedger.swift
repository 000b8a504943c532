import EventStore
import Foundation
import LedgerDomain
import LedgerKit
import TestSupport

/// The files with which trials begin, made once: copying them is faster.
enum FaultLedger: Hashable {
  /// Two accounts with texts and money.
  case current
  /// The same with a snapshot of each.
  case withSnapshots
  /// A ledger of file format 1, as it is kept in the fixtures.
  case older

  private static let folder = Result { try TemporaryFolder() }

  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// A file of 40 commands that can all be booked.
  static let commands: String = {
    do {
      let path = try folder.get().path("commands.ndjson")
      let lines = (0..<40).map {
        #"{"command":"transfer","from":"a","to":"b","amount":"0.01","idempotencyKey":"c\#($0)"}"#
      }
      try (lines.joined(separator: "\n") + "\n")
        .write(toFile: path, atomically: false, encoding: .utf8)
      return path
    } catch {
      preconditionFailure("no file can be written: \(error)")
    }
  }()

  private static let images: [FaultLedger: Result<Data, any Error>] = [
    .current: Result { try made(withSnapshots: false) },
    .withSnapshots: Result { try made(withSnapshots: true) },
    .older: Result {
      try Data(contentsOf: root.appendingPathComponent("fixtures/ledgers/format-1.ledger"))
    },
  ]

  /// The content of the file.
  var image: Data {
    get throws { try Self.images[self]?.get() ?? Data() }
  }

  private static func made(withSnapshots: Bool) throws -> Data {
    let folder = try TemporaryFolder()
    let path = folder.path("ledger.db")
    let environment = environment()
    try Ledger.create(at: path, environment: environment)
    try fill(path, environment, withSnapshots: withSnapshots)
    return try Data(contentsOf: URL(fileURLWithPath: path))
  }

  private static func fill(
    _ path: String, _ environment: Ledger.Environment, withSnapshots: Bool
  ) throws {
    let ledger = try Ledger(
      path: path, options: .init(access: .readWrite), environment: environment)
    guard let dollars = Currency(code: "USD") else { preconditionFailure("that is a currency") }
    let accounts = [try AccountID("a"), try AccountID("b")]
    let long = try Instant(
      parsing: "2020-01-15", edge: .start, now: Instant(micros: environment.clockMicros()))
    var options = CommandOptions(actor: "tester")
    options.effectiveAt = long
    for account in accounts {
      _ = try ledger.perform(.open(account, dollars, holder: "Holder"), options)
    }
    options.reason = "Because"
    for number in 1...8 {
      let deposit = Command.deposit(
        Amount("100"), to: accounts[number % 2], description: "Payment \(number)")
      _ = try ledger.perform(deposit, options)
    }
    // What is deferred has seen some of it.
    try ledger.catchUpProjections()
    _ = try ledger.perform(.transfer(Amount("7"), from: accounts[0], to: accounts[1]), options)
    if withSnapshots { _ = try ledger.takeSnapshots(of: accounts) }
  }

  /// A clock that moves at each look, and numbers that are the same in every run.
  static func environment() -> Ledger.Environment {
    var micros: Int64 = 1_900_000_000_000_000
    var random = SeededRandom(seed: 3)
    return Ledger.Environment(
      clockMicros: {
        micros += 1
        return micros
      },
      randomBytes: { count in
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      })
  }
}
