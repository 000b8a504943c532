import EventStore
import LedgerDomain
import LedgerKit
import Testing
import TestSupport

@Suite("Running a subscription")
struct SubscriptionRunnerTests {
  private let book: Book
  private var ledger: Ledger { book.ledger }

  /// Three accounts, and from position 4 on a deposit on each in turn.
  init() throws {
    book = try Book()
    let accounts = try ["a", "b", "c"].map { try book.open($0) }
    for number in 0..<30 { try book.perform(.deposit(Amount("1"), to: accounts[number % 3])) }
    _ = try ledger.createSubscription("s", from: .after(3))
  }

  /// Takes what is not refused, and remembers how it was asked.
  private final class Consumer {
    var refused: Set<Int64> = []
    var unavailable = 0
    var taken: [Int64] = []
    var calls: [[Int64]] = []
    var rests: [Int64] = []

    func deliver(_ events: [RecordedEvent]) -> Delivery {
      let positions = events.map(\.position)
      calls.append(positions)
      if unavailable > 0 {
        unavailable -= 1
        return .unavailable(problem: "down")
      }
      if !refused.isDisjoint(with: positions) { return .refused(problem: "poison") }
      taken += positions
      return .done
    }
  }

  private func run(
    _ consumer: Consumer, batch: Int = 8, retries: Int = 2, mostRefused: Int = 10
  ) throws {
    var policy = SubscriptionRunner.Policy()
    (policy.batch, policy.retries, policy.mostRefused) = (batch, retries, mostRefused)
    var runner = SubscriptionRunner(ledger, name: "s", policy: policy)
    while try runner.step(
      rest: {
        consumer.rests.append($0)
        return true
      }, deliver: consumer.deliver) != .idle
    {}
  }

  private func letters() throws -> [Int64] { try ledger.deadLetters(of: "s").map(\.position) }

  @Test("delivers everything in order and once, batch by batch, and then nothing")
  func order() throws {
    let consumer = Consumer()
    try run(consumer)
    #expect(consumer.taken == Array(4...33))
    #expect(consumer.calls.map(\.count) == [8, 8, 8, 6])
    try run(consumer)
    #expect(consumer.calls.count == 4)
    try book.perform(.deposit(Amount("1"), to: AccountID("a")))
    try run(consumer)
    #expect(consumer.taken.last == 34)
  }

  @Test(
    "finds the event to blame wherever it stands; its stream waits, and the others go on in order",
    arguments: [4, 5, 11, 12, 19, 33])
  func poison(_ position: Int64) throws {
    let consumer = Consumer()
    consumer.refused = [position]
    try run(consumer)
    let waiting = (4...33).filter { $0 >= position && ($0 - position) % 3 == 0 }.map { Int64($0) }
    #expect(try letters() == waiting)
    #expect(consumer.taken == (4...33).map { Int64($0) }.filter { !waiting.contains($0) })
    // Tried together, in halves and alone: not again and again.
    #expect(consumer.calls.filter { $0.contains(position) }.count <= 3 + 3 + 3)
    #expect(try ledger.deadLetters(of: "s").first?.problem == "poison")
    // Once it can be taken, what waits comes in order.
    consumer.refused = []
    consumer.taken = []
    #expect(try ledger.retryDeadLetters(of: "s") == 1)
    try run(consumer)
    #expect(consumer.taken == waiting)
    #expect(try letters().isEmpty)
    _ = try ledger.verify()
  }

  @Test("rests longer and longer before it tries again, and not at all while it halves")
  func rests() throws {
    let consumer = Consumer()
    consumer.refused = [4]
    try run(consumer, retries: 3)
    #expect(consumer.rests == [100, 200, 400, 100, 200, 400])
  }

  @Test("asks as often as it takes while nothing can be taken: no event is to blame")
  func unavailable() throws {
    let consumer = Consumer()
    consumer.unavailable = 12
    try run(consumer)
    #expect(consumer.taken == Array(4...33))
    #expect(consumer.rests.count == 12)
    #expect(consumer.rests.last == 10_000)
  }

  @Test("gives up once too many are refused in a row, and leaves the rest as it is")
  func tooMany() throws {
    let consumer = Consumer()
    consumer.refused = Set(4...33)
    // Only three streams: a fourth needs another one.
    for name in ["d", "e"] {
      try book.perform(.deposit(Amount("1"), to: book.open(name)))
    }
    consumer.refused.formUnion(34...37)
    let failure = try #require(throws: TooManyRefused.self) {
      try run(consumer, mostRefused: 4)
    }
    #expect((failure.count, failure.problem) == (4, "poison"))
    #expect(consumer.taken.isEmpty)
    #expect(try ledger.subscription(named: "s").deadLetters == 4)
    consumer.refused = []
    #expect(try ledger.retryDeadLetters(of: "s") == 4)
    try run(consumer)
    #expect(Set(consumer.taken) == Set(4...37))
  }

  @Test("an event of which nobody is told is passed, and says nothing about the others")
  func nothing() throws {
    var policy = SubscriptionRunner.Policy()
    (policy.batch, policy.retries, policy.mostRefused) = (1, 0, 1)
    var runner = SubscriptionRunner(ledger, name: "s", policy: policy)
    let answers: [Delivery] = [.refused(problem: "no"), .nothing, .refused(problem: "no")]
    for answer in answers.prefix(2) {
      #expect(
        try runner.step(rest: { _ in true }, deliver: { _ in answer })
          == (answer == .nothing ? .worked(1) : .worked(0)))
    }
    #expect(throws: TooManyRefused.self) {
      try runner.step(rest: { _ in true }, deliver: { _ in answers[2] })
    }
  }

  @Test("a dead letter that is given up while it is tried again ends nothing")
  func discarded() throws {
    let consumer = Consumer()
    consumer.refused = [4]
    try run(consumer)
    _ = try ledger.retryDeadLetters(of: "s")
    var runner = SubscriptionRunner(ledger, name: "s")
    let step = try runner.step(rest: { _ in true }) { _ in
      try ledger.discardDeadLetter(at: 4, of: "s")
      return .done
    }
    #expect(step == .worked(0))
  }

  @Test("ends when it is told to while it rests, and nothing is lost")
  func ended() throws {
    let consumer = Consumer()
    consumer.unavailable = 1
    var runner = SubscriptionRunner(ledger, name: "s")
    #expect(try runner.step(rest: { _ in false }, deliver: consumer.deliver) == .ended)
    #expect(try ledger.subscription(named: "s").checkpoint == 3)
    try run(consumer)
    #expect(consumer.taken == Array(4...33))
  }

  @Test("goes on from where somebody else has acknowledged meanwhile")
  func overtaken() throws {
    let consumer = Consumer()
    var isFirst = true
    var runner = SubscriptionRunner(ledger, name: "s")
    _ = try runner.step(rest: { _ in true }) { events in
      if isFirst { try ledger.acknowledge("s", through: 20) }
      isFirst = false
      return consumer.deliver(events)
    }
    #expect(try ledger.subscription(named: "s").checkpoint == 20)
    try run(consumer)
    #expect(consumer.calls.dropFirst().first?.first == 21)
  }

  @Test("is not set back by a rebuild: nothing is delivered again")
  func rebuilt() throws {
    let consumer = Consumer()
    try run(consumer)
    try ledger.rebuildProjections()
    try run(consumer)
    #expect(consumer.taken == Array(4...33))
  }

  @Test("tells outsiders of a transfer once, with the last leg that is wanted")
  func transfers() throws {
    let (a, b) = (try AccountID("a"), try AccountID("b"))
    let position = try book.perform(.transfer(Amount("1"), from: a, to: b)).position
    for (filter, expected) in [
      (Subscription.Filter(), position),
      (.init(types: nil, streamPrefix: "BankAccount-a"), position - 1),
      (.init(types: ["MoneyDeposited"], streamPrefix: nil), position),
    ] {
      _ = try ledger.createSubscription("t", from: .after(33), filter)
      let events = try ledger.deliveries(to: "t", limit: 10).events
      // Whatever the batches are.
      let told = try events.flatMap { try ledger.integrationEvents(of: [$0], wantedBy: filter) }
      #expect(told == (try ledger.integrationEvents(of: events, wantedBy: filter)))
      #expect(told.map(\.kind) == [.transferCompleted])
      #expect(events.last?.position == expected)
      try ledger.deleteSubscription("t")
    }
  }
}
