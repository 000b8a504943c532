import LedgerDomain
import TestSupport

/// Makes sequences of steps: most commands are accepted, and every refusal occurs.
///
/// It asks the model where things stand, so that it knows what would be refused, and why. The same seed
/// makes the same sequence.
package struct ModelGenerator {
  /// When every sequence begins: 2027-01-15T08:00:00Z.
  static let start: Int64 = 1_800_000_000_000_000
  static let day: Int64 = 86_400_000_000

  /// One account has as much of it as there can be; the others have little.
  static let currencyOfMuch = "BHD"

  /// An account with very many instants, if a sequence has one.
  static let wide = "wide"
  /// Microseconds between two of its instants.
  static let wideStep: Int64 = 1_000

  var random: SeededRandom
  var model = ModelLedger()
  var clock = Self.start
  /// Commands that were recorded under a key.
  var keyed: [(command: ModelCommand, options: ModelOptions)] = []
  /// An account that was emptied to be closed.
  var emptied: String?
  /// How many instants the account has that has very many.
  let wideInstants: Int64
  private(set) var steps: [ModelStep] = []
  private var commands = 0

  private init(seed: UInt64, wideInstants: Int) {
    (random, self.wideInstants) = (SeededRandom(seed: seed), Int64(wideInstants))
  }

  /// So many commands, with questions and disturbances between them; everything is asked after each
  /// `period` commands, and at the end. Before them come `wideInstants` movements on one account, each
  /// at an instant of its own and in no order.
  package static func steps(
    seed: UInt64, commands count: Int, askingEverythingEvery period: Int, wideInstants: Int = 0
  ) -> [ModelStep] {
    var generator = ModelGenerator(seed: seed, wideInstants: wideInstants)
    generator.add(.takeSnapshotsEvery(events: generator.number(3...20)))
    if wideInstants > 0 { generator.widen() }
    while generator.commands < count {
      generator.moveOn()
      if generator.commands.isMultiple(of: period) { generator.add(.askEverything) }
    }
    generator.addRarities()
    generator.add(.askEverything)
    return generator.steps
  }

  /// A command, a question, and now and then a disturbance.
  private mutating func moveOn() {
    if chance(6) { add(disturbance()) }
    if chance(3) {
      let (command, options) = newCommand()
      emptied = nil
      if command.canBeRehearsed { add(.rehearse(command: command, options: options)) }
    }
    let now = turnClock()
    let (command, options) = chance(7) ? repetition() : newCommand()
    let commitCount = model.commits.count
    let outcome = add(.perform(command: command, options: options), at: now)
    guard !model.exceedsSums(since: commitCount) else {
      model.takeBack(to: commitCount)
      model.positions[steps.removeLast().number] = nil
      return
    }
    commands += 1
    if let outcome, outcome.isAccepted, options.key != nil { keyed.append((command, options)) }
    add(.ask(question: question()))
  }

  private mutating func widen() {
    let opening = ModelCommand.open(
      account: Self.wide, currency: "USD", limit: ModelAmount("50"), holder: nil)
    add(.perform(command: opening, options: ModelOptions()))
    let instants = (0..<wideInstants).map { Self.start - $0 * Self.wideStep }
    for at in instants.shuffled(using: &random) {
      var options = ModelOptions()
      options.effectiveAt = at
      let amount = ModelAmount("\(number(1...90))")
      // What leaves is covered by the limit most often.
      let command: ModelCommand =
        chance(20)
        ? .withdraw(account: Self.wide, amount: amount, description: nil)
        : .deposit(account: Self.wide, amount: amount, description: nil)
      add(.perform(command: command, options: options))
    }
  }

  @discardableResult
  mutating func add(_ action: ModelAction, at now: Int64? = nil) -> ModelOutcome? {
    let step = ModelStep(
      number: steps.count + 1, clockMicros: now ?? clock, handle: Int(number(0...1)),
      action: action)
    steps.append(step)
    return model.take(step)
  }

  private mutating func newCommand() -> (ModelCommand, ModelOptions) {
    let command = command()
    // What brings an account to nothing counts now.
    return (command, emptied == nil ? options(for: command) : ModelOptions())
  }

  // MARK: Time

  /// Moves the clock, and returns what it says for one command, which may be far off.
  private mutating func turnClock() -> Int64 {
    let last = model.commits.last?.recordedAt ?? clock
    switch number(0...99) {
    case 0...2: clock = max(clock, last) + number(0...3 * Self.day)
    case 3...4: clock -= number(0...20 * 3_600_000_000)
    case 5...6: return last - Self.day + number(-1...1) * number(0...3_600_000_000)
    case 7: return last - Self.day - 1
    case 8: return last - Self.day
    case 9...20: break
    default: clock += number(0...3_000_000)
    }
    if clock < last - Self.day + 3_600_000_000 { clock = last + number(0...1_000) }
    return clock
  }

  /// The time at which the next command will be recorded.
  var now: Int64 { max(clock, (model.commits.last?.recordedAt ?? clock) + 1) }

  // MARK: Disturbances

  private mutating func disturbance() -> ModelAction {
    switch number(0...19) {
    case 0...5: return .reopen(acceptsClockBehind: chance(10))
    case 6...7: return .takeSnapshotsEvery(events: chance(20) ? nil : number(1...40))
    case 8...9: return .takeSnapshots
    case 10...11: return .pruneSnapshots(keep: Int(number(0...3)))
    case 12...14: return .rebuild(projections: chance(30) ? [] : [pick(Self.projections)])
    case 15...18: return .catchUp
    default: return model.head > 0 ? .moveToCopy : .catchUp
    }
  }

  private static let projections = [
    "account_balances", "alerts", "book_counters", "commit_links", "counterparties",
    "monthly_statements", "periods", "transactions",
  ]

  // MARK: Chance

  /// True so many times of 100.
  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
    Int64.random(in: range, using: &random)
  }

  mutating func pick<Item>(_ items: [Item]) -> Item {
    items[Int.random(in: items.indices, using: &random)]
  }
}

extension ModelLedger {
  /// Whether something very large was recorded after the first `commitCount` commits, so that all that ever
  /// came in or went out in one currency is more than 64 bits hold.
  ///
  /// No rule refuses it, since every balance is in order. But deferred projections that add it up stop there,
  /// and say so with every answer: a trial has no such commands.
  fileprivate func exceedsSums(since commitCount: Int) -> Bool {
    let new = commits.dropFirst(commitCount).flatMap { events(of: $0) }
    return new.contains { event in
      let isLarge = event.minorUnits.magnitude > 1_000_000_000_000
      guard isLarge || event.currency == ModelGenerator.currencyOfMuch else { return false }
      let same = events.filter { $0.currency == event.currency && $0.isMovement }
      let sums = same.reduce(into: (credits: Int128(0), debits: Int128(0))) { sums, event in
        if event.minorUnits > 0 { sums.credits += Int128(event.minorUnits) }
        if event.minorUnits < 0 { sums.debits -= Int128(event.minorUnits) }
      }
      return max(sums.credits, sums.debits) > Int128(Int64.max)
    }
  }
}
