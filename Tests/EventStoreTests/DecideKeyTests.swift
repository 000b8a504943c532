import EventStore
import Testing

@Suite("A decision under a key is made once")
struct DecideKeyTests {
  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore()
    store = try file.open()
  }

  /// Adds `number` under a key; `meanwhile` runs while it is being decided.
  @discardableResult
  private func decide(
    _ number: Int, _ commit: NewCommit, meanwhile: () throws -> Void = {}
  ) throws -> [RecordedEvent] {
    try store.append(to: "a", as: Counter.self, commit) { _ in
      try meanwhile()
      return [.numbered(number)]
    }
  }

  @Test("the second time the first events come back, and nothing is decided")
  func repeated() throws {
    let first = try decide(5, NewCommit([], key: "k"))
    try store.addOnes(150)
    let before = try file.raw().contents(of: AppendingTests.tables + ["snapshots"])
    var decisions = 0
    for _ in 1...3 {
      let again = try decide(6, NewCommit([], key: "k")) { decisions += 1 }
      #expect(again == first)
    }
    let perform = try store.perform(
      .add([-9_999]), on: "a", as: Counter.self, NewCommit([], key: "k"))
    #expect(perform == first)
    #expect(decisions == 0)
    #expect(try file.raw().contents(of: AppendingTests.tables + ["snapshots"]) == before)
  }

  @Test("whoever asks the second time, and whyever, is told of the first")
  func otherMetadata() throws {
    let first = try decide(5, NewCommit([], key: "k"))
    var commit = NewCommit([], key: "k", reason: .sample("again", field: "reason"))
    (commit.actor, commit.correlationID) = ("somebody else", "another")
    #expect(try decide(5, commit) == first)
    #expect(first.map(\.commit.header.actor) == ["tester"])
  }

  @Test("under another fingerprint it is refused, before anything is decided")
  func otherFingerprint() throws {
    try decide(5, NewCommit([], key: "k"))
    var commit = NewCommit([], key: "k")
    commit.idempotency?.fingerprint = Digest256(of: [1])
    var decisions = 0
    #expect(throws: AppendError.idempotencyKeyUsed(key: "k")) {
      try decide(5, commit) { decisions += 1 }
    }
    #expect(decisions == 0)
    #expect(try store.head().position == 1)
  }

  @Test("a key that is used while it is being decided gives the events that were recorded then")
  func usedMeanwhile() throws {
    let other = try file.open()
    var theirs: [RecordedEvent] = []
    let ours = try decide(5, NewCommit([], key: "k")) {
      theirs = try other.append(to: "a", as: Counter.self, NewCommit([], key: "k")) { _ in
        [.numbered(70), .numbered(7)]
      }
    }
    #expect(theirs.map(\.position) == [1, 2])
    #expect(ours == theirs)
    #expect(try store.counter().state == Counter(sum: 77, count: 2))
  }

  @Test("a key that is used for something else meanwhile refuses it, and nothing is written")
  func usedOtherwiseMeanwhile() throws {
    let other = try file.open()
    var theirs = NewCommit([], key: "k")
    theirs.idempotency?.fingerprint = Digest256(of: [1])
    #expect(throws: AppendError.idempotencyKeyUsed(key: "k")) {
      try decide(5, NewCommit([], key: "k")) {
        _ = try other.append(to: "b", as: Counter.self, theirs) { _ in [.numbered(7)] }
      }
    }
    #expect(try store.events().map(\.streamID) == ["b"])
  }

  @Test("100 threads with the same key book once and are told the same")
  func race() throws {
    let path = file.path
    let outcomes = onThreads(100) { _ -> [RecordedEvent] in
      do {
        var configuration = TestStore.configuration(clockMicros: 1_700_000_000_000_000)
        configuration.busyTimeoutMilliseconds = 60_000
        let store = try EventStore(path: path, access: .readWrite, configuration: configuration)
        return try store.append(to: "a", as: Counter.self, NewCommit([], key: "k")) { _ in
          [.numbered(5)]
        }
      } catch {
        return []
      }
    }
    #expect(outcomes.count == 100)
    #expect(Set(outcomes) == [try store.events()])
    #expect(try store.events().map(\.position) == [1])
  }
}
