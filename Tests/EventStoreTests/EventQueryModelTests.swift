import EventStore
import Testing
import TestSupport

@Suite("Filters together")
struct EventQueryModelTests {
  let store: EventStore
  let all: [RecordedEvent]

  /// 300 events in commits of 1 to 3, over streams, types, actors and both clocks.
  init() throws {
    var now: Int64 = 1_700_000_000_000_000
    var random = SeededRandom(seed: 5)
    func pick(_ items: [String]) -> String { items[Int(random.next() % UInt64(items.count))] }
    store = try EventStore(
      inMemory: "s", configuration: EventStore.Configuration(applicationID: 1) { now })
    var count = 0
    while count < 300 {
      now += Int64(random.next() % 5)
      let events = (0...Int(random.next() % 3)).map { _ in
        NewEvent(type: pick(["A", "B", "C"]), version: 1, data: Array("{}".utf8))
      }
      let append = StreamAppend(
        streamID: pick(["a", "ab", "b", "bc"]), expectedVersion: .any, events: events)
      let back = Int64(random.next() % 200)
      try store.append(
        NewCommit(
          appends: [append], actor: pick(["alice", "bob"]),
          correlationID: pick(["c-1", "c-2", "c-3"]),
          effectiveAtMicros: back < 100 ? nil : now - back))
      count += events.count
    }
    all = try store.events()
  }

  /// What may narrow a query; each takes its limit from an event that is there.
  private static let conditions: [@Sendable (inout EventQuery, RecordedEvent) -> Void] = [
    { $0.streamID = $1.streamID }, { $0.streamPrefix = String($1.streamID.prefix(1)) },
    { $0.types = [$1.type, "A"] }, { $0.actor = $1.commit.header.actor },
    { $0.correlationID = $1.commit.header.correlationID }, { $0.after = $1.position },
    { $0.through = $1.position }, { $0.afterStreamPosition = $1.streamPosition },
    { $0.throughStreamPosition = $1.streamPosition },
    { $0.recordedFromMicros = $1.commit.header.recordedAtMicros },
    { $0.recordedThroughMicros = $1.commit.header.recordedAtMicros },
    { $0.effectiveFromMicros = $1.commit.header.effectiveAtMicros },
    { $0.effectiveThroughMicros = $1.commit.header.effectiveAtMicros },
  ]

  /// Whether `event` meets every condition of `query`.
  private func matches(_ event: RecordedEvent, _ query: EventQuery) -> Bool {
    let header = event.commit.header
    func holds<Value>(_ limit: Value?, _ test: (Value) -> Bool) -> Bool { limit.map(test) ?? true }
    return holds(query.streamID) { event.streamID == $0 }
      && holds(query.streamPrefix) { event.streamID.hasPrefix($0) }
      && holds(query.types) { $0.contains(event.type) }
      && holds(query.actor) { header.actor == $0 }
      && holds(query.correlationID) { header.correlationID == $0 }
      && holds(query.after) { event.position > $0 }
      && holds(query.through) { event.position <= $0 }
      && holds(query.afterStreamPosition) { event.streamPosition > $0 }
      && holds(query.throughStreamPosition) { event.streamPosition <= $0 }
      && holds(query.recordedFromMicros) { header.recordedAtMicros >= $0 }
      && holds(query.recordedThroughMicros) { header.recordedAtMicros <= $0 }
      && holds(query.effectiveFromMicros) { header.effectiveAtMicros >= $0 }
      && holds(query.effectiveThroughMicros) { header.effectiveAtMicros <= $0 }
  }

  /// The answer to `query`, by looking at every event.
  private func expected(_ query: EventQuery) -> [RecordedEvent] {
    var events = all.filter { matches($0, query) }
    if query.order == .effective {
      events.sort {
        ($0.commit.header.effectiveAtMicros, $0.position)
          < ($1.commit.header.effectiveAtMicros, $1.position)
      }
    }
    if query.isReversed { events.reverse() }
    return Array(events.prefix(query.limit ?? .max))
  }

  @Test("each condition alone lets some through and keeps others back", arguments: 0..<13)
  func alone(_ index: Int) throws {
    let middle = try #require(all.first { $0.position > 150 && $0.streamPosition > 20 })
    var query = EventQuery()
    Self.conditions[index](&query, middle)
    let events = try store.events(query)
    #expect(events == expected(query))
    #expect((1..<all.count).contains(events.count))
  }

  @Test("in 400 combinations, in both orders and directions, with and without a limit")
  func combined() throws {
    var random = SeededRandom(seed: 9)
    var sizes: Set<Int> = []
    var narrowed: Set<Int> = []
    for _ in 0..<400 {
      var query = EventQuery()
      query.order = random.next() % 2 == 0 ? .recorded : .effective
      query.isReversed = random.next() % 2 == 0
      query.limit = [nil, nil, 1, 2, 17][Int(random.next() % 5)]
      for (index, narrow) in Self.conditions.enumerated() where random.next() % 4 == 0 {
        let before = expected(query)
        narrow(&query, all[Int(random.next() % UInt64(all.count))])
        if expected(query) != before { narrowed.insert(index) }
      }
      let events = try store.events(query)
      #expect(events == expected(query), "\(query)")
      sizes.insert(events.count)
    }
    #expect(narrowed == Set(Self.conditions.indices))
    #expect(sizes.count > 50)
  }

  @Test("the last position that was recorded by a moment, for every moment there is")
  func lastPositions() throws {
    let times = Set(all.map(\.commit.header.recordedAtMicros)).sorted()
    let moments = times.flatMap { [$0 - 1, $0, $0 + 1] } + [.min, 0, .max]
    for moment in moments {
      let expected = all.last { $0.commit.header.recordedAtMicros <= moment }?.position ?? 0
      #expect(try store.read { try $0.lastPosition(recordedThrough: moment) } == expected)
    }
    let empty = try EventStore(
      inMemory: "s", configuration: TestStore.configuration(clockMicros: 0))
    #expect(try empty.read { try $0.lastPosition(recordedThrough: .max) } == 0)
  }

  @Test(
    "pages after one another make the whole, forwards and backwards, filtered or not",
    arguments: [1, 2, 7, 1_000], [false, true])
  func pages(_ limit: Int, _ isReversed: Bool) throws {
    for narrow: (inout EventQuery) -> Void in [
      { _ in }, { $0.streamID = "ab" }, { $0.types = ["A", "C"] }, { $0.streamPrefix = "b" },
      { ($0.actor, $0.types) = ("bob", ["B"]) },
    ] {
      var query = EventQuery()
      narrow(&query)
      query.isReversed = isReversed
      let whole = expected(query)
      query.limit = limit
      var pages: [[RecordedEvent]] = []
      repeat {
        let last = pages.last?.last?.position
        if isReversed { query.through = last.map { $0 - 1 } } else { query.after = last }
        pages.append(try store.events(query))
      } while pages.last?.isEmpty == false
      #expect(pages.flatMap(\.self) == whole)
      #expect(pages.dropLast(2).allSatisfy { $0.count == limit })
      #expect(!whole.isEmpty)
    }
  }

  @Test("backwards is the exact reverse, from outside the range too")
  func backwards() throws {
    for narrow: (inout EventQuery) -> Void in [
      { _ in }, { $0.streamID = "a" }, { $0.through = 9_999 }, { $0.through = 0 },
      { $0.after = 9_999 }, { $0.after = -5 }, { $0.order = .effective }, { $0.limit = 0 },
    ] {
      var query = EventQuery()
      narrow(&query)
      let forwards = try store.events(query)
      #expect(forwards == expected(query))
      query.isReversed = true
      #expect(try store.events(query) == forwards.reversed())
    }
  }

  @Test("the event at a position that nobody has is none", arguments: [.min, -1, 0, 99_999, .max])
  func nowhere(_ position: Int64) throws {
    #expect(try store.read { try $0.event(at: position) } == nil)
    #expect(try store.read { try $0.commit(at: position) } == nil)
    #expect(try store.read { try $0.event(at: 7) } == all[6])
  }
}
