import EventStore
import Testing

@Suite("Idempotency keys")
struct IdempotencyKeyTests {
  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore()
    store = try file.open()
  }

  /// A commit of `count` events on one stream under `key`.
  private func commit(
    _ key: String?, count: Int = 1, expecting expected: ExpectedVersion = .any
  ) -> NewCommit {
    let events = (0..<count).map(NewEvent.numbered)
    return NewCommit(
      [StreamAppend(streamID: "a", expectedVersion: expected, events: events)], key: key)
  }

  /// The state of a stream whose events say nothing.
  private struct Nothing: Aggregate {
    init(streamID: String) {}
    mutating func evolve(_ event: RecordedEvent) {}
  }

  /// The commit that `key` names, as a fresh handle finds it.
  private func lookUp(_ key: String) throws -> [RecordedEvent]? {
    try file.open(.readOnly).read { try $0.commit(idempotencyKey: key) }
  }

  @Test("a key finds exactly the events of its commit, in order, with the fingerprint")
  func lookUp() throws {
    try store.append(commit(nil, count: 2))
    let events = try store.append(commit("k", count: 3))
    try store.append(commit("l"))
    try store.append(commit(nil))
    let found = try #require(try lookUp("k"))
    #expect(found == events)
    #expect(found.map(\.position) == [3, 4, 5])
    #expect(found.first?.commit.header.fingerprint == Digest256(of: Array("k".utf8)))
    #expect(try lookUp("l")?.map(\.position) == [6])
  }

  @Test("a key that never named a commit finds nothing", arguments: ["", "K", "k ", "k\0"])
  func unknown(_ key: String) throws {
    try store.append(commit("k"))
    #expect(try lookUp(key) == nil)
  }

  @Test("a second commit under a used key is refused and nothing is written")
  func used() throws {
    try store.append(commit("k"))
    let before = try file.raw().contents(of: AppendingTests.tables)
    for handle in [store, try file.open()] {
      #expect(throws: AppendError.idempotencyKeyUsed(key: "k")) {
        try handle.append(commit("k", count: 2))
      }
    }
    #expect(try file.raw().contents(of: AppendingTests.tables) == before)
  }

  @Test(
    "a part of a commit, more than it, or the same on another stream is refused under its key",
    arguments: [("a", [0]), ("a", [1]), ("a", [0, 1, 2]), ("a", [1, 0]), ("b", [0, 1])])
  func overlapping(_ streamID: String, _ numbers: [Int]) throws {
    try store.append(commit("k", count: 2))
    let before = try file.raw().contents(of: AppendingTests.tables)
    let events = numbers.map(NewEvent.numbered)
    let append = StreamAppend(streamID: streamID, expectedVersion: .any, events: events)
    #expect(throws: AppendError.idempotencyKeyUsed(key: "k")) {
      try store.append(NewCommit([append], key: "k"))
    }
    var decided = NewCommit([], key: "k")
    decided.idempotency?.fingerprint = Digest256(of: [1])
    #expect(throws: AppendError.idempotencyKeyUsed(key: "k")) {
      try store.append(to: streamID, as: Nothing.self, decided) { _ in events }
    }
    #expect(try file.raw().contents(of: AppendingTests.tables) == before)
  }

  @Test("a key is used within its own transaction too")
  func usedInTransaction() throws {
    try store.write { transaction in
      try transaction.append(commit("k"))
      #expect(throws: AppendError.idempotencyKeyUsed(key: "k")) {
        try transaction.append(commit("k"))
      }
      #expect(try transaction.log.commit(idempotencyKey: "k")?.count == 1)
    }
    #expect(try store.events().count == 1)
  }

  @Test("a refused commit doesn't burn its key")
  func refused() throws {
    try store.append(commit(nil))
    #expect(throws: AppendError.self) { try store.append(commit("k", expecting: .noStream)) }
    #expect(try lookUp("k") == nil)
    try store.append(commit("k", expecting: .exactly(0)))
    #expect(try lookUp("k")?.count == 1)
  }

  @Test(
    "keys are told apart byte by byte", arguments: [["k", "K", "k ", ""], ["\u{e9}", "e\u{301}"]])
  func distinct(_ keys: [String]) throws {
    for key in keys { try store.append(commit(key)) }
    for (index, key) in keys.enumerated() {
      #expect(try lookUp(key)?.map(\.position) == [Int64(index + 1)])
    }
    try file.verify()
  }

  @Test("after 1,000 refused repetitions the positions still have no gap")
  func repeated() throws {
    try store.append(commit("k"))
    for _ in 0..<1_000 {
      #expect(throws: AppendError.idempotencyKeyUsed(key: "k")) { try store.append(commit("k")) }
    }
    #expect(try store.append(commit("l")).map(\.position) == [2])
  }
}
