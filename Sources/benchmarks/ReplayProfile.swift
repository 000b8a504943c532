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
    print(label("", 8) + column("events", 8) + RunSample.header)
    for length in Self.lengths {
      let account = "acct-\(length)"
      func report(_ runs: Int, _ words: String...) {
        let sample = bench.ledger(words, on: path, times: runs)
        print(label(words[0], 8) + column(length, 8) + sample.columns)
      }
      report(31, "balance", account)
      report(31, "deposit", account, "1.00")
      report(5, "replay", account, "-O", "ndjson")
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
