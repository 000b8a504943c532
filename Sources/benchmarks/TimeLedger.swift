import EventStore
import LedgerBench
import LedgerDomain
import LedgerKit

/// A ledger with a long past: one account, `main`, has three tenths of all movements, and a share of all is
/// recorded late.
struct TimeLedger {
  /// Movements are this far apart, so that a million span about two years.
  private static let stepMicros: Int64 = 63_072_000
  private static let commandsPerTransaction = 1_024

  let path: String
  let events: Int
  let latePercent: Int
  /// When the first movement may count: two years ago, at midnight.
  let startMicros: Int64

  /// Makes the ledger at `path`, where none may stand.
  init(at path: String, events: Int, accounts: Int, latePercent: Int) throws {
    (self.path, self.events, self.latePercent) = (path, events, latePercent)
    let dayMicros: Int64 = 86_400_000_000
    startMicros = (SystemClock.micros() / dayMicros - 800) * dayMicros
    try Ledger.create(at: path, environment: .system)
    let ledger = try Ledger.open(path, .readWrite)
    let ids = ["main"] + (1..<accounts).map { "acct-\($0)" }
    try open(ids.map { try AccountID($0) }, in: ledger)
    try move(ids: ids.map { try AccountID($0) }, in: ledger)
  }

  /// When the movement `number` would count if it were not late.
  func instant(_ number: Int) -> Instant {
    Instant(micros: startMicros + Int64(number + 1) * Self.stepMicros)
  }

  private func open(_ ids: [AccountID], in ledger: Ledger) throws {
    guard let euro = Currency(code: "EUR") else { preconditionFailure("EUR is a currency") }
    var options = CommandOptions(actor: "bench")
    options.effectiveAt = Instant(micros: startMicros)
    try ledger.booking { booking in
      for id in ids {
        _ = try booking.perform(.open(id, euro, overdraftLimit: Amount("1000000")), options)
      }
    }
  }

  private func move(ids: [AccountID], in ledger: Ledger) throws {
    var random = SplitMix(state: 42)
    let movements = events - ids.count
    for first in stride(from: 0, to: movements, by: Self.commandsPerTransaction) {
      try ledger.booking { booking in
        for number in first..<min(first + Self.commandsPerTransaction, movements) {
          try move(number, ids, &random, booking)
        }
      }
    }
  }

  private func move(
    _ number: Int, _ ids: [AccountID], _ random: inout SplitMix, _ booking: Booking
  ) throws {
    let isMain = Int(random.next() % 10) < 3
    let id = isMain ? ids[0] : ids[1 + Int(random.next() % UInt64(ids.count - 1))]
    let isLate = Int(random.next() % 100) < latePercent
    let place = isLate && number > 0 ? Int(random.next() % UInt64(number)) : number
    var options = CommandOptions(actor: "bench")
    options.idempotencyKey = "movement-\(number)"
    options.effectiveAt = instant(place)
    let amount = Amount("\(random.next() % 90 + 1).\(random.next() % 90 + 10)")
    let text = "Payment \(number) for goods received"
    let command: Command =
      random.next() % 2 == 0
      ? .deposit(amount, to: id, description: text) : .withdraw(amount, from: id, description: text)
    _ = try booking.perform(command, options)
  }
}
