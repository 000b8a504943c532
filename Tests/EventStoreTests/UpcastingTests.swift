import EventStore
import Testing

@Suite("Older versions of an event come upcast, on every path")
struct UpcastingTests {
  let file: TestStore
  let store: EventStore

  /// Numbers 1 to 4 in streams a, b, a, a, stored as version 1 by a build that knew no other; the
  /// third and the fourth are one commit, under the key "k". The store is open to a build that knows 2.
  init() throws {
    file = try TestStore(projections: [Register.self])
    file.catalog = .numbered(version: 1)
    let old = try file.open()
    try old.append([.numbered(1)], to: "a")
    try old.append([.numbered(2)], to: "b")
    let append = StreamAppend(
      streamID: "a", expectedVersion: .any, events: [.numbered(3), .numbered(4)])
    try old.append(NewCommit([append], key: "k"))
    file.catalog = .numbered(version: 2)
    store = try file.open()
  }

  /// How number `number` looks once it is version 2.
  private func upcast(_ number: Int) -> String { "{\"number\":\(number),\"steps\":[1]}" }

  private func check(_ events: [RecordedEvent]?, _ numbers: [Int]) {
    #expect(events?.map(\.text) == numbers.map(upcast))
    #expect(events?.allSatisfy { $0.version == 2 && $0.upcastFrom == 1 } == true)
  }

  @Test("reading the log, a stream, backwards and in effective order")
  func log() throws {
    check(try store.events(), [1, 2, 3, 4])
    var query = EventQuery(streamID: "a")
    check(try store.events(query), [1, 3, 4])
    query.isReversed = true
    check(try store.events(query), [4, 3, 1])
    query.order = .effective
    check(try store.events(query), [4, 3, 1])
  }

  @Test("a limit counts stored events, and positions are those of the stored ones")
  func limit() throws {
    var query = EventQuery()
    query.limit = 3
    check(try store.events(query), [1, 2, 3])
    #expect(try store.events(query).map(\.position) == [1, 2, 3])
    #expect(try store.events(EventQuery(streamID: "a")).map(\.streamPosition) == [0, 1, 2])
  }

  @Test("looking up an event, a commit by position, a commit by its key")
  func lookups() throws {
    try store.read { log in
      check(try log.event(at: 2).map { [$0] }, [2])
      check(try log.commit(at: 3), [3, 4])
      check(try log.commit(idempotencyKey: "k"), [3, 4])
      let stored = try #require(
        try {
          var query = EventQuery()
          (query.isRaw, query.limit) = (true, 1)
          return try store.events(query).first
        }())
      check([try log.current(stored)], [1])
    }
  }

  @Test("repeating a command under its key, which was used for version 1")
  func repeated() throws {
    let events = try store.append(
      to: "a", as: Counter.self, NewCommit([], key: "k")
    ) { _ in [.numbered(99, version: 2)] }
    check(events, [3, 4])
    #expect(try store.head().position == 4)
  }

  /// What an aggregate is shown.
  private struct Seen: Aggregate {
    var texts: [String] = []
    init(streamID: String) {}
    mutating func evolve(_ event: RecordedEvent) { texts.append(event.text) }
  }

  @Test("loading an aggregate, and deciding on it")
  func load() throws {
    let loaded = try store.read { try $0.load(Seen.self, "a") }
    #expect(loaded.state.texts == [1, 3, 4].map(upcast))
    var decidedOn: [String] = []
    try store.append(to: "a", as: Seen.self, NewCommit([])) { state in
      decidedOn = state.texts
      return []
    }
    #expect(decidedOn == [1, 3, 4].map(upcast))
    #expect(try store.counter().state == Counter(sum: 8, count: 3))
  }

  @Test("the projection of an append on top of them, which keeps what it was shown before")
  func inlineProjection() throws {
    try store.append([.numbered(5), .numbered(6, version: 2)], to: "a")
    let rows = try file.raw().rows("SELECT version, data FROM register WHERE position > 4")
    #expect(rows == [["2", upcast(5)], ["2", "{\"number\":6,\"steps\":[1]}"]])
  }

  @Test("a projection that is rebuilt, where nothing is left of what it was shown before")
  func rebuild() throws {
    try file.raw().run(
      "INSERT INTO register VALUES (99, 9, 'planted'); UPDATE projections SET version = 0")
    try store.write { _ in }
    let rows = try file.raw().rows("SELECT position, version, data FROM register ORDER BY 1")
    #expect(rows == (1...4).map { ["\($0)", "2", upcast($0)] })
    try file.verify()
  }

  @Test("verify: the rules are shown version 2, and a projection that saw version 1 is found out")
  func verify() throws {
    let error = #expect(throws: StoreFileError.self) { try file.verify() }
    guard case .damaged(_, nil, let problem) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(problem.contains("version=1"), "\(problem)")
    try file.raw().run("UPDATE projections SET version = 0")
    try store.write { _ in }
    var checked: [RecordedEvent] = []
    let verified = try store.read { log in
      try log.verifyWithoutRules { checked += $0 }
    }
    #expect(verified.events == 4)
    check(checked, [1, 2, 3, 4])
  }
}
