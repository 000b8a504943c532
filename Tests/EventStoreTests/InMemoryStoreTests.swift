import EventStore
import SQLite
import Testing
import TestSupport

@Suite("A store in memory")
struct InMemoryStoreTests {
  /// What a step came to, as something to compare.
  private enum Outcome: Hashable {
    case events([RecordedEvent])
    case refused(AppendError)
    case ruled(Counter.Refusal)
    case loaded(Counter, version: Int64?, snapshot: Int64?, folded: Int)
  }

  private func configuration(_ clock: TestClock) -> EventStore.Configuration {
    var configuration = EventStore.Configuration(
      applicationID: TestStore.applicationID, clockMicros: { clock.micros })
    configuration.projections = [Tally.self]
    configuration.catalog = .numbered(version: 3)
    return configuration
  }

  /// Takes one random step.
  private func step(_ store: EventStore, _ random: inout SeededRandom) throws -> Outcome {
    func below(_ limit: UInt64) -> Int { Int(random.next() % limit) }
    let streamID = ["a", "b", "caf\u{e9}", "cafe\u{301}"][below(4)]
    let events = (0..<below(4)).map {
      NewEvent.numbered($0, version: Int64(below(4)) + 1)
    }
    let kind = below(6)
    let (key, version, number) = ("k-\(below(30))", Int64(below(20)), below(9) - 4)
    do {
      switch kind {
      case 0: return .events(try store.append(events, to: streamID))
      case 1: return .events(try store.append(events, to: streamID, expecting: .exactly(version)))
      case 2: return .events(try store.add([number, number], to: streamID))
      case 3:
        let append = StreamAppend(streamID: streamID, expectedVersion: .any, events: events)
        return .events(try store.append(NewCommit([append], key: key)))
      case 4: return .events(try store.rehearse { _ in try store.events() })
      default:
        let loaded = try store.counter(streamID)
        return .loaded(
          loaded.state, version: loaded.version, snapshot: loaded.snapshotVersion,
          folded: loaded.eventsFolded)
      }
    } catch let error as AppendError {
      return .refused(error)
    } catch let error as Counter.Refusal {
      return .ruled(error)
    }
  }

  private func tally(_ store: EventStore) throws -> [[String]] {
    try store.read { log in
      try log.query(Tally.self) { database in
        var rows: [[String]] = []
        try database.forEach("SELECT stream_id, events, last_position FROM tally") { row in
          rows.append((0..<3).map { row.text($0) })
        }
        return rows
      }
    }
  }

  @Test("does what one in a file does, to the hash, through 400 random steps", arguments: [1, 2])
  func sameAsFile(_ seed: UInt64) throws {
    let clock = TestClock()
    let folder = try TemporaryFolder()
    let path = folder.path("test.ledger")
    try EventStore.create(at: path, storeID: "s", configuration: configuration(clock))
    let file = try EventStore(path: path, access: .readWrite, configuration: configuration(clock))
    let memory = try EventStore(inMemory: "s", configuration: configuration(clock))
    for store in [file, memory] { try store.setSnapshotPolicy { $0.everyEvents = 7 } }
    var random = SeededRandom(seed: seed)
    var kinds: Set<String> = []
    for _ in 0..<400 {
      clock.micros += Int64(random.next() % 3)
      var same = random
      let outcome = try step(file, &random)
      #expect(try step(memory, &same) == outcome)
      kinds.insert(String("\(outcome)".prefix { $0 != "(" }))
    }
    #expect(kinds == ["events", "refused", "ruled", "loaded"])
    #expect(try memory.head() == (try file.head()))
    #expect(try memory.events() == (try file.events()))
    #expect(try tally(memory) == (try tally(file)))
    #expect(try snapshots(memory) == (try snapshots(file)))
    #expect(try snapshots(memory).count > 5)
    #expect(try memory.verify() == (try file.verify()))
  }

  private func snapshots(_ store: EventStore) throws -> [Snapshot] {
    var snapshots: [Snapshot] = []
    try store.read { try $0.forEachSnapshot { snapshots.append($0) } }
    return snapshots
  }

  @Test("shares nothing with another, whatever its id")
  func apart() throws {
    let stores = try (0..<2).map { _ in
      try EventStore(inMemory: "s", configuration: configuration(TestClock()))
    }
    try stores[0].append([.numbered(1, version: 3)], to: "a")
    #expect(try stores[0].events().count == 1)
    #expect(try stores[1].events() == [])
    #expect(stores[0].path == ":memory:")
    #expect(stores.map(\.storeID) == ["s", "s"])
  }
}
