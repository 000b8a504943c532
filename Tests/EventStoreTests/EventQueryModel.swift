import EventStore
import TestSupport

/// A log of random events, and what a query gives by looking at each of them.
struct EventQueryModel {
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
  static let conditions: [@Sendable (inout EventQuery, RecordedEvent) -> Void] = [
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
  func expected(_ query: EventQuery) -> [RecordedEvent] {
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
}
