import EventStore
import LedgerBench
import LedgerDomain
import LedgerKit

/// A ledger in which much was said and paid: one account, with a holder, for every 100 events; of the other
/// events four fifths are the legs of transfers between any two accounts, and one fifth deposits and
/// withdrawals. Every movement has a description of three words. They count evenly spread over the two years
/// before they are recorded, each later than the one before; two alert rules look at all of them.
struct BusyLedger {
  /// Movements are so far apart that a million events span about two years.
  private static let stepMicros: Int64 = 105_000_000
  private static let vocabulary = 4_000
  private static let commandsPerTransaction = 1_024

  private let accounts: [AccountID]
  private let movements: Int
  private let transfers: Int
  /// When the first movement counts.
  private let start: Instant

  /// A plan of a ledger of `events` events, and a few more.
  init(events: Int) throws {
    accounts = try (0..<max(2, events / 100)).map { try AccountID("acct-\($0)") }
    transfers = events * 2 / 5
    movements = transfers + max(0, events - accounts.count - 2 * transfers)
    let dayMicros: Int64 = 86_400_000_000
    start = Instant(
      micros: SystemClock.micros() / dayMicros * dayMicros
        - Int64(movements + 1) * Self.stepMicros)
  }

  /// Words that descriptions consist of, the first ones in many more of them than the last.
  static func word(_ number: Int) -> String {
    let syllables = ["ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti"]
    let parts = [number % 13, number / 13 % 13, number / 169 % 13, number / 2_197]
    return parts.map { syllables[$0] }.joined()
  }

  /// Makes the ledger at `path`, where none may stand.
  func make(at path: String) throws {
    try Ledger.create(at: path, environment: .system)
    let ledger = try Ledger.open(path, .readWrite)
    try open(in: ledger)
    try addRules(to: ledger)
    var random = SplitMix(state: 42)
    for first in stride(from: 0, to: movements, by: Self.commandsPerTransaction) {
      try ledger.booking { booking in
        for number in first..<min(first + Self.commandsPerTransaction, movements) {
          var options = CommandOptions(actor: "bench")
          options.idempotencyKey = "movement-\(number)"
          options.effectiveAt = Instant(micros: start.micros + Int64(number) * Self.stepMicros)
          _ = try booking.perform(command(number, &random), options)
        }
      }
    }
  }

  private func open(in ledger: Ledger) throws {
    guard let euro = Currency(code: "EUR") else { preconditionFailure("EUR is a currency") }
    var options = CommandOptions(actor: "bench")
    options.effectiveAt = start
    try ledger.booking { booking in
      for (number, id) in accounts.enumerated() {
        _ = try booking.perform(
          .open(
            id, euro, overdraftLimit: Amount("1000000"),
            holder: "\(Self.word(number % 997)) \(Self.word(number % 1_009))"),
          options)
      }
    }
  }

  private func addRules(to ledger: Ledger) throws {
    guard let euro = Currency(code: "EUR") else { preconditionFailure("EUR is a currency") }
    let dayMicros: Int64 = 86_400_000_000
    let rules = [
      AlertRule(name: "large", condition: .largeAmount(Money(minorUnits: 99_900, in: euro))),
      AlertRule(name: "many", condition: .manyWithdrawals(count: 5, withinMicros: 7 * dayMicros)),
    ]
    for case let rule? in rules {
      _ = try ledger.perform(AlertRequest(.add(rule, fromStart: false), actor: "bench"))
    }
  }

  private func command(_ number: Int, _ random: inout SplitMix) -> Command {
    let account = random.next(below: accounts.count)
    let amount = Amount("\(random.next(below: 1_000)).\(random.next(below: 90) + 10)")
    let words = (0..<3).map { _ in
      // Of the least of two numbers the small ones are more likely.
      Self.word(min(random.next(below: Self.vocabulary), random.next(below: Self.vocabulary)))
    }
    let text = words.joined(separator: " ")
    if random.next(below: movements) < transfers {
      let other = (account + 1 + random.next(below: accounts.count - 1)) % accounts.count
      return .transfer(
        amount, from: accounts[account], to: accounts[other], description: text)
    }
    return random.next(below: 2) == 0
      ? .deposit(amount, to: accounts[account], description: text)
      : .withdraw(amount, from: accounts[account], description: text)
  }
}
