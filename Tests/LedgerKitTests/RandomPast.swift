import EventStore
import LedgerDomain
import LedgerEvents
import LedgerProjections
import TestSupport
import Testing

@testable import LedgerKit

/// A random history that is entered in no order, and what a naive memory of it says to every command.
final class RandomPast {
  static let accounts = ["ada", "bob", "eur", "shut", "wide", "yen"]
  private static let day: Int64 = 86_400_000_000
  /// Few, so that many events share one: on the days before, and around the openings.
  private static let instants: [Int64] =
    (1...6).map { -$0 * day } + (-8...8).map { $0 * 40_000 }

  let book: Book
  /// What was recorded, by account.
  private(set) var memory: [String: NaivePast] = [:]
  /// The ends of the closed periods, each later than the one before.
  private(set) var closedThrough: [Instant] = []
  /// What moved money, and can be reversed.
  private var booked: [Booked] = []
  /// The positions of what was reversed.
  private(set) var reversed: Set<Int64> = []
  /// How often each outcome came: a code, or `accepted`; with ` backdated` if it was.
  private(set) var outcomes: [String: Int] = [:]
  private(set) var random: SeededRandom
  private let start: Int64
  /// Handles of the same file, which write by turns.
  private var handles: [Ledger] = []

  init(seed: UInt64) throws {
    random = SeededRandom(seed: seed)
    book = try Book()
    start = book.clockMicros
    try book.ledger.changeSnapshotPolicy { $0.everyEvents = 7 }
    handles = [book.ledger, try book.reopened(.readWrite)]
    let openings: [(code: String, limit: Int64)] = [
      ("USD", 200), ("USD", 0), ("EUR", 50), ("USD", 0), ("USD", 1_000), ("JPY", 30_000),
    ]
    for (id, opening) in zip(Self.accounts, openings) {
      let currency = try Book.currency(opening.code)
      let limit = Amount("\(opening.limit)")
      let receipt = try book.perform(.open(AccountID(id), currency, overdraftLimit: limit))
      memory[id] = NaivePast(
        currency: currency, openedAt: receipt.effectiveAt.micros,
        openingLimitMinor: currency.minorUnits(of: opening.limit))
    }
  }

  // MARK: Steps

  /// One command after the other, each of them compared with what the memory says.
  func run(steps: Int) throws {
    for step in 0..<steps {
      book.clockMicros += Int64.random(in: -300...2_000, using: &random)
      if chance(1, of: 40) { handles[1] = try book.reopened(.readWrite) }
      if chance(1, of: 20) { try closeOrReopen(step) }
      if chance(1, of: 15) { try reverse(step) }
      try perform(randomRequest(step), step)
      if step == 180 { try closeShut(step) }
    }
  }

  /// Closes a day, which may be closed already or not be over yet, or reopens the latest.
  private func closeOrReopen(_ step: Int) throws {
    let ledger = handles[Int.random(in: 0...1, using: &random)]
    let days = Int64.random(in: 0...7, using: &random)
    let day = CalendarDay(of: Instant(micros: start - days * Self.day))
    let period = Book.period("\(day)")
    let reopens = chance(1, of: 2)
    let action: PeriodRequest.Action = reopens ? .reopen(nil, reason: "late") : .close(period)
    let expected: String? =
      if reopens {
        closedThrough.isEmpty ? "period_not_closed" : nil
      } else if let last = closedThrough.last, day.end <= last {
        "period_closed"
      } else {
        days == 0 ? "period_not_over" : nil
      }
    var found: String?
    do {
      _ = try ledger.rehearse(PeriodRequest(action, actor: "closer"))
      let receipt = try ledger.perform(PeriodRequest(action, actor: "closer"))
      if reopens { closedThrough.removeLast() } else { closedThrough.append(day.end) }
      #expect(receipt.closedThrough == closedThrough.last)
    } catch let rejection as Rejection {
      found = rejection.code
    }
    try #require(found == expected, "step \(step): \(action)")
    outcomes[found ?? (reopens ? "reopened" : "closed"), default: 0] += 1
  }

  /// Takes back a commit at its own time or now; it may be a reversal, or have been reversed.
  private func reverse(_ step: Int) throws {
    let again = chance(1, of: 4) ? booked.first { reversed.contains($0.position) } : nil
    guard let commit = again ?? booked.randomElement(using: &random) else { return }
    let keepsEffectiveTime = chance(1, of: 2)
    var request = Request(commit.opposite, at: keepsEffectiveTime ? commit.at : nil)
    request.reversal = Reversal(of: commit.position, keepsEffectiveTime: keepsEffectiveTime)
    try perform(request, step)
  }

  /// Brings an account to zero and closes it.
  private func closeShut(_ step: Int) throws {
    let units = (memory["shut"]?.balanceMinor ?? 0) / 100
    if units != 0 { try perform(.init(.movement(account: "shut", units: -units), at: nil), step) }
    try perform(.init(.close(account: "shut"), at: nil), step)
  }

  /// Deposits and withdrawals on one account at so many instants of their own, in random order.
  func widen(instants count: Int64) throws {
    let account = try AccountID("wide")
    let micros = (0..<count).map { start - 10_000_000 + $0 * 1_000 }.shuffled(using: &random)
    for chunk in stride(from: 0, to: micros.count, by: 100) {
      let ledger = handles[chunk / 100 % 2]
      try ledger.booking { booking in
        for at in micros[chunk..<min(chunk + 100, micros.count)] {
          var options = CommandOptions(actor: "tester")
          options.effectiveAt = Instant(micros: at)
          let units = Int64.random(in: 1...90, using: &random)
          let amount = Amount("\(units)")
          // Money leaves only where the opening limit alone covers it.
          let leaves = chance(1, of: 12)
          _ = try booking.perform(
            leaves ? .withdraw(Amount("1"), from: account) : .deposit(amount, to: account), options)
          memory["wide"]?.entries.append(
            .init(at: at, minorUnits: leaves ? -100 : units * 100))
        }
      }
    }
  }

  /// Withdrawals that count early, in the middle and late among the many instants of `wide`.
  func disturbWide(times: Int) throws {
    for step in 0..<times {
      book.clockMicros += 500
      let places: [Int64] = [0, 1, 350, 351, 690, 699]
      let at = start - 10_000_000 + (places.randomElement(using: &random) ?? 0) * 1_000
      let offset = Int64.random(in: 0...1, using: &random) * 500
      let units = Int64.random(in: 1...1_200, using: &random)
      var request = Request(
        .movement(account: "wide", units: chance(1, of: 3) ? units : -units), at: at + offset)
      if chance(1, of: 8) {
        request.content = .limit(account: "wide", units: .random(in: 0...2_000, using: &random))
      }
      if chance(1, of: 20) { handles[1] = try book.reopened(.readWrite) }
      try perform(request, step)
    }
  }

  /// A commit that moved money.
  private struct Booked {
    let position: Int64
    let at: Int64
    let opposite: Request.Content
  }

  private func randomRequest(_ step: Int) -> Request {
    let id = Self.accounts.randomElement(using: &random) ?? ""
    let other = Self.accounts.randomElement(using: &random) ?? ""
    let units = Int64.random(in: 1...120, using: &random)
    let content: Request.Content =
      switch Int.random(in: 0..<20, using: &random) {
      case 0...6: .movement(account: id, units: units)
      case 7...12: .movement(account: id, units: -units)
      case 13...15 where id != other: .transfer(from: id, to: other, units: units)
      case 16...17: .limit(account: id, units: .random(in: 0...250, using: &random))
      case 18: .holder(account: id)
      default: .close(account: memory[id]?.balanceMinor == 0 ? "nobody" : id)
      }
    let reached = Self.instants.map { start + $0 }.filter { $0 < book.clockMicros - 5_000 }
    let isBackdated = chance(2, of: 3)
    var request = Request(content, at: isBackdated ? reached.randomElement(using: &random) : nil)
    if chance(1, of: 40) { request.at = book.clockMicros + 3_600_000_000 }
    request.allowsPastOverdraft = chance(1, of: 8)
    return request
  }

  // MARK: Performing

  private func perform(_ request: Request, _ step: Int) throws {
    let expected = expectation(of: request)
    let command = try request.reversal.map(Command.reverse) ?? command(of: request.content)
    var options = CommandOptions(actor: "tester")
    options.effectiveAt = request.reversal == nil ? request.at.map { Instant(micros: $0) } : nil
    options.allowsPastOverdraft = request.allowsPastOverdraft
    let ledger = handles[Int.random(in: 0...1, using: &random)]
    if chance(1, of: 5) {
      let rehearsed = try outcome { try ledger.rehearse(command, options) }
      try #require(rehearsed.code == expected, "rehearsal \(step): \(request)")
    }
    let outcome = try outcome { try record(command, options, ledger) }
    try #require(outcome.code == expected, "step \(step): \(request)")
    if case .failure(.pastOverdraft(_, let at, let short)) = outcome {
      let broken = breakOfPayer(request)
      try #require(broken == .init(at: at.micros, shortMinorUnits: short.minorUnits))
    }
    if case .success(let receipt) = outcome {
      remember(request.content, receipt)
      if let reversal = request.reversal { reversed.insert(reversal.position) }
    }
    let isBackdated = request.at.map { $0 < book.clockMicros } ?? false
    outcomes[(outcome.code ?? "accepted") + (isBackdated ? " backdated" : ""), default: 0] += 1
  }

  /// Performs a command; now and then its events are applied to the projections once more.
  private func record(
    _ command: Command, _ options: CommandOptions, _ ledger: Ledger
  ) throws -> Receipt {
    guard chance(1, of: 5) else { return try ledger.perform(command, options) }
    return try ledger.booking { booking in
      let receipt = try booking.perform(command, options)
      let (transaction, log) = (booking.transaction, booking.transaction.log)
      for event in receipt.events {
        let event = ProjectedEvent(event, content: try DecodedEvent(event))
        try transaction.projection(AccountBalances.self).apply(event, log)
        try transaction.projection(CommitLinks.self).apply(event, log)
      }
      return receipt
    }
  }

  private func outcome(_ body: () throws -> Receipt) throws -> Result<Receipt, Rejection> {
    do {
      return .success(try body())
    } catch let rejection as Rejection {
      return .failure(rejection)
    }
  }

  private func remember(_ content: Request.Content, _ receipt: Receipt) {
    let entry = entry(of: Request(content, at: receipt.effectiveAt.micros))
    func book(_ opposite: Request.Content) {
      booked.append(Booked(position: receipt.position, at: entry.at, opposite: opposite))
    }
    switch content {
    case .movement(let id, let units):
      memory[id]?.entries.append(entry)
      book(.movement(account: id, units: -units))
    case .limit(let id, _), .holder(let id): memory[id]?.entries.append(entry)
    case .transfer(let payer, let payee, let units):
      book(.transfer(from: payee, to: payer, units: units))
      memory[payer]?.entries.append(entry)
      memory[payee]?.entries.append(.init(at: entry.at, minorUnits: -entry.minorUnits))
    case .close(let id): memory[id]?.isClosed = true
    }
  }

  private func chance(_ wins: Int, of all: Int) -> Bool {
    Int.random(in: 0..<all, using: &random) < wins
  }
}
