import EventStore
import Testing

@Suite("Deciding outside a transaction, and again when somebody was faster")
struct DecideTests {
  let file: TestStore
  let store: EventStore

  /// Stream a adds up to 1,000.
  init() throws {
    file = try TestStore()
    store = try file.open()
    try store.add([1_000])
  }

  /// Adds `number` to stream a; `meanwhile` runs while it is being decided, with the number of the
  /// attempt and the sum that it sees.
  @discardableResult
  private func decide(
    _ number: Int, retries: Int, key: String? = nil, _ meanwhile: (Int, Int) throws -> Void
  ) throws -> [RecordedEvent] {
    var attempts = 0
    return try store.append(
      to: "a", as: Counter.self, NewCommit([], key: key), retries: retries
    ) { state in
      attempts += 1
      try meanwhile(attempts, state.sum)
      return [.numbered(number)]
    }
  }

  @Test("a decision that was overtaken is made again on what is there then")
  func overtaken() throws {
    let other = try file.open()
    var sums: [Int] = []
    let events = try decide(500, retries: 1) { attempt, sum in
      sums.append(sum)
      if attempt == 1 { try other.add([100]) }
    }
    #expect(sums == [1_000, 1_100])
    #expect(events.map(\.streamPosition) == [2])
    #expect(try file.open().counter().state == Counter(sum: 1_600, count: 3))
    #expect(try file.open().version(of: "a") == 2)
  }

  @Test("after so many retries it gives up, and nothing is written", arguments: [0, 1, 5])
  func givesUp(_ retries: Int) throws {
    let other = try file.open()
    var attempts: [Int] = []
    let error = AppendError.tooManyAttempts(streamID: "a", attempts: retries + 1)
    #expect(throws: error) {
      try decide(500, retries: retries, key: "k") { attempt, _ in
        attempts.append(attempt)
        try other.add([1])
      }
    }
    #expect(attempts == Array(1...retries + 1))
    let texts = try store.events().map { String(decoding: $0.data, as: UTF8.self) }
    let foreign = Array(repeating: "{\"number\":1}", count: retries + 1)
    #expect(texts == ["{\"number\":1000}"] + foreign)
    #expect(try store.read { try $0.commit(idempotencyKey: "k") } == nil)
  }

  @Test("exactly as many conflicts as there are retries are overcome")
  func justEnough() throws {
    let other = try file.open()
    var attempts = 0
    try decide(500, retries: 5) { attempt, _ in
      attempts = attempt
      if attempt <= 5 { try other.add([1]) }
    }
    #expect(attempts == 6)
    #expect(try store.counter().state == Counter(sum: 1_505, count: 7))
  }

  @Test("of four updates two are overtaken: all are there, and six decisions were made")
  func counted() throws {
    let other = try file.open()
    var decisions = 0
    func count(_ attempt: Int, _ sum: Int) { decisions += 1 }
    for number in [10, 20] {
      try decide(number, retries: 1) { attempt, sum in
        count(attempt, sum)
        guard attempt == 1 else { return }
        try other.append(to: "a", as: Counter.self, NewCommit([])) { state in
          count(attempt, state.sum)
          return [.numbered(1_000 * number)]
        }
      }
    }
    #expect(decisions == 6)
    #expect(try store.counter().state == Counter(sum: 31_030, count: 5))
  }

  @Test("of threads that all decide at once, every one gets through")
  func threads() throws {
    let path = file.path
    let failures = onThreads(4) { index -> String? in
      do {
        var configuration = TestStore.configuration(clockMicros: 1_700_000_000_000_000)
        configuration.busyTimeoutMilliseconds = 60_000
        let store = try EventStore(path: path, access: .readWrite, configuration: configuration)
        for _ in 1...20 { try store.add([index + 1], retries: 1_000) }
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(failures.compactMap(\.self) == [])
    #expect(try store.counter().state == Counter(sum: 1_200, count: 81))
    try file.verify()
  }

  @Test("a refusal is the caller's own error, at once, and nothing is written")
  func refused() throws {
    var attempts = 0
    let error = Counter.Refusal.belowZero(-5)
    #expect(throws: error) {
      try decide(1, retries: 3) { attempt, _ in
        attempts = attempt
        throw error
      }
    }
    #expect(attempts == 1)
    #expect(throws: error) { try store.add([-1_005]) }
    #expect(try store.head().position == 1)
  }

  @Test("no events are no commit, and use nothing up")
  func nothing() throws {
    let commit = NewCommit([], key: "k")
    let events = try store.append(to: "a", as: Counter.self, commit) { _ in [] }
    #expect(events == [])
    #expect(try store.add([]) == [])
    #expect(try store.head().commitNumber == 1)
    #expect(try store.read { try $0.commit(idempotencyKey: "k") } == nil)
    #expect(try store.append(to: "a", as: Counter.self, commit) { _ in [.numbered(1)] }.count == 1)
  }
}
