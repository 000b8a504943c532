import TestSupport
import Testing

@testable import EventStore

@Suite("A subscription")
struct SubscriptionTests {
  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore(projections: [])
    store = try file.open()
    // a: 1, 3, 5, 7, 9; b: 2, 4, 6, 8, 10.
    for number in 1...5 {
      for stream in ["a", "b"] { try store.append([.numbered(number)], to: stream) }
    }
  }

  private func deliveries(_ name: String, limit: Int = 100) throws -> ([Int64], through: Int64) {
    try store.read { log in
      let (events, through) = try log.deliveries(to: log.subscription(named: name), limit: limit)
      return (events.map(\.position), through)
    }
  }

  private func letters(_ name: String) throws -> [[Int64]] {
    try store.read { log in
      try log.deadLetters(of: log.subscription(named: name)).map {
        [$0.position, $0.attempts, $0.isDue ? 1 : 0]
      }
    }
  }

  private func checkpoint(_ name: String) throws -> Int64 {
    try store.read { try $0.subscription(named: name).checkpoint }
  }

  @Test("is told everything from the start, from now on, or after a position")
  func starts() throws {
    _ = try store.createSubscription("all", after: 0, .init())
    _ = try store.createSubscription("rest", after: 7, .init())
    _ = try store.createSubscription("new", after: 10, .init())
    #expect(try deliveries("all") == (Array(1...10), 10))
    #expect(try deliveries("all", limit: 3) == ([1, 2, 3], 3))
    #expect(try deliveries("rest") == ([8, 9, 10], 10))
    #expect(try deliveries("new") == ([], 10))
    try store.append([.numbered(6)], to: "a")
    #expect(try deliveries("new") == ([11], 11))
    #expect(throws: SubscriptionError.exists(name: "all")) {
      try store.createSubscription("all", after: 1, .init())
    }
    #expect(throws: SubscriptionError.beyondEnd(name: "far", position: 12, head: 11)) {
      try store.createSubscription("far", after: 12, .init())
    }
  }

  @Test(
    "is given again what was not acknowledged, to whoever asks; an acknowledgement covers all before"
  )
  func redelivery() throws {
    _ = try store.createSubscription("s", after: 0, .init())
    #expect(try deliveries("s", limit: 4).0 == [1, 2, 3, 4])
    let other = try file.open()
    #expect(try other.acknowledge("s", through: 3).checkpoint == 3)
    #expect(try deliveries("s", limit: 4).0 == [4, 5, 6, 7])
  }

  @Test("has a checkpoint that never goes back, nor past another's move, nor beyond the log")
  func compareAndSet() throws {
    _ = try store.createSubscription("s", after: 0, .init())
    try store.acknowledge("s", through: 9, expecting: 0)
    let moved = SubscriptionError.moved(name: "s", checkpoint: 9)
    #expect(throws: moved) { try store.acknowledge("s", through: 10, expecting: 0) }
    #expect(throws: moved) { try store.acknowledge("s", through: 8) }
    try store.acknowledge("s", through: 9)
    // As numbers, not as text.
    try store.acknowledge("s", through: 10, expecting: 9)
    #expect(throws: SubscriptionError.beyondEnd(name: "s", position: 11, head: 10)) {
      try store.acknowledge("s", through: 11)
    }
    #expect(try checkpoint("s") == 10)
    #expect(throws: SubscriptionError.notFound(name: "x")) {
      try store.acknowledge("x", through: 1)
    }
  }

  @Test("wants types and streams, and moves past what it does not want")
  func filters() throws {
    try store.append([NewEvent(type: "Other", version: 1, data: Array("{}".utf8))], to: "a")
    _ = try store.createSubscription("b", after: 0, .init(types: nil, streamPrefix: "b"))
    _ = try store.createSubscription("o", after: 0, .init(types: ["Other"], streamPrefix: nil))
    _ = try store.createSubscription("n", after: 0, .init(types: ["Other"], streamPrefix: "b"))
    #expect(try deliveries("b") == ([2, 4, 6, 8, 10], 11))
    #expect(try deliveries("o") == ([11], 11))
    #expect(try deliveries("n") == ([], 11))
    #expect(try store.read { try $0.lag(of: $0.subscription(named: "b")) } == 5)
  }

  @Test("that is made again begins anew, and has no dead letters")
  func again() throws {
    _ = try store.createSubscription("s", after: 0, .init())
    try store.bury(1, of: "s", expecting: 0, attempts: 1, problem: "no")
    #expect(try store.deleteSubscription("s").deadLetters == 1)
    #expect(throws: SubscriptionError.notFound(name: "s")) { try store.deleteSubscription("s") }
    _ = try store.createSubscription("s", after: 0, .init())
    #expect(try deliveries("s").0 == Array(1...10))
    #expect(try letters("s").isEmpty)
    try file.verify()
  }

  @Test("holds back what comes after a dead letter in its stream, while other streams go on")
  func sequence() throws {
    _ = try store.createSubscription("s", after: 0, .init())
    try store.acknowledge("s", through: 2)
    try store.bury(3, of: "s", expecting: 2, attempts: 6, problem: "no")
    #expect(try checkpoint("s") == 3)
    #expect(try deliveries("s", limit: 2) == ([4, 6], 6))
    try store.acknowledge("s", through: 6)
    #expect(try letters("s") == [[3, 6, 0], [5, 0, 0]])
    try store.bury(8, of: "s", expecting: 6, attempts: 1, problem: "nor this")
    #expect(try deliveries("s") == ([], 10))
    try store.acknowledge("s", through: 10)
    #expect(
      try letters("s") == [[3, 6, 0], [5, 0, 0], [7, 0, 0], [8, 1, 0], [9, 0, 0], [10, 0, 0]])
    let counts = try store.read { try $0.subscription(named: "s") }
    #expect((counts.deadLetters, counts.waiting) == (2, 4))
    // Nothing is due until somebody says so.
    func due() throws -> Int64? {
      try store.read { try $0.dueDeadLetter(of: $0.subscription(named: "s"))?.position }
    }
    #expect(try due() == nil)
    #expect(try store.retryDeadLetters(of: "s", position: 5) == 0)
    #expect(try store.retryDeadLetters(of: "s") == 2)
    #expect(try due() == 3)
    try store.settle(3, of: "s", problem: "still no")
    #expect(try due() == 8)
    for position in [Int64(8), 10] {
      #expect(try due() == position)
      try store.settle(position, of: "s", problem: nil)
    }
    #expect(try due() == nil)
    #expect(throws: SubscriptionError.noDeadLetter(name: "s", position: 5)) {
      try store.discard(5, of: "s")
    }
    try store.discard(3, of: "s")
    for position in [Int64(5), 7, 9] {
      #expect(try due() == position)
      try store.settle(position, of: "s", problem: nil)
    }
    #expect(try letters("s").isEmpty)
    #expect(try deliveries("s") == ([], 10))
    try file.verify()
  }

  @Test("is run by one at a time; whoever dies or ends lets go of it")
  func lock() throws {
    #expect(!SubscriptionLock.isHeld(of: "s", in: file.path))
    var lock: SubscriptionLock? = try SubscriptionLock(of: "s", in: file.path)
    #expect(throws: SubscriptionError.running(name: "s")) {
      _ = try SubscriptionLock(of: "s", in: file.path)
    }
    _ = try SubscriptionLock(of: "other", in: file.path)
    #expect(SubscriptionLock.isHeld(of: "s", in: file.path))
    withExtendedLifetime(lock) {}
    lock = nil
    #expect(!SubscriptionLock.isHeld(of: "s", in: file.path))
    _ = try SubscriptionLock(of: "s", in: file.path)
    #expect(try file.folder.names() == ["test.ledger", "test.ledger-shm", "test.ledger-wal"])
  }

  @Test(
    "that is where none can be is found by verify",
    arguments: [
      "UPDATE subscriptions SET checkpoint = 11", "UPDATE subscriptions SET checkpoint = -1",
      "UPDATE dead_letters SET position = 9", "UPDATE dead_letters SET stream_key = 2",
      "DELETE FROM subscriptions",
    ])
  func verified(_ sql: String) throws {
    _ = try store.createSubscription("s", after: 0, .init())
    try store.bury(1, of: "s", expecting: 0, attempts: 1, problem: "no")
    try file.verify()
    try file.raw().run(sql)
    let damage = try #require(throws: StoreFileError.self) { try file.verify() }
    #expect("\(damage)".contains("subscription") || "\(damage)".contains("dead letter"))
  }
}
