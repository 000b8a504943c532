import EventStore
import LedgerBench
import LedgerDomain
import LedgerKit

/// Loading accounts of different lengths, and replaying all their events.
struct ReplayProfile: Profile {
  static let name = "replay"
  static let summary = "balance, deposit and replay of accounts of 10, 1,000 and 100,000 events"
  private static let lengths = [10, 1_000, 100_000]

  func run(_ bench: Bench) throws {
    let path = "\(bench.folder)/replay.db"
    removeStore(at: path)
    defer { removeStore(at: path) }
    try Self.make(at: path)
    print("events  balance, ms  deposit, ms  replay, ms")
    for length in Self.lengths {
      let account = "acct-\(length)"
      func median(_ runs: Int, _ words: String...) -> Double {
        (0..<runs).map { _ in bench.ledger(words, on: path).milliseconds }.median
      }
      let balance = median(31, "balance", account)
      let deposit = median(31, "deposit", account, "1.00")
      let replay = median(5, "replay", account, "-O", "ndjson")
      print(
        column(length, 6) + column(balance.rounded(to: 100), 13)
          + column(deposit.rounded(to: 100), 13) + column(replay.rounded(to: 100), 12))
    }
    bench.verify(path)
  }

  private static func make(at path: String) throws {
    try Ledger.create(at: path, environment: .system)
    let ledger = try Ledger.open(path, .readWrite)
    guard let dollar = Currency(code: "USD") else { preconditionFailure("USD is a currency") }
    try ledger.booking { booking in
      for length in lengths {
        let id = try AccountID("acct-\(length)")
        _ = try booking.perform(.open(id, dollar), CommandOptions(actor: "bench"))
        for _ in 1..<length {
          _ = try booking.perform(
            .deposit(Amount("1.00"), to: id), CommandOptions(actor: "bench"))
        }
      }
    }
  }
}
