import Testing

@testable import EventStore

@Suite("Snapshots taken in the background")
struct BackgroundSnapshotTests {
  let file: TestStore
  let store: EventStore

  /// Streams c:1 to c:5 and d:1 with 3 events each, and no snapshots.
  init() throws {
    file = try TestStore()
    store = try file.open()
    for streamID in ["c:3", "c:1", "d:1", "c:5", "c:2", "c:4"] {
      try store.addOnes(3, to: streamID)
    }
  }

  private func due(
    _ prefix: String = "c:", after: String? = nil, takenBefore: Int64? = nil, limit: Int = 100
  ) throws -> [String] {
    try store.read {
      try $0.streamsWithoutSnapshot(
        prefix: prefix, after: after, takenBefore: takenBefore, limit: limit)
    }
  }

  /// Reads outside, and writes in a transaction of its own.
  private func take(_ streamIDs: String...) throws {
    for streamID in streamIDs {
      var loaded = try store.counter(streamID)
      let isSaved = try store.save(&loaded, streamID)
      #expect(isSaved)
    }
  }

  @Test("streams are found by prefix, in order, a page at a time")
  func found() throws {
    #expect(try due() == ["c:1", "c:2", "c:3", "c:4", "c:5"])
    #expect(try due("") == ["c:1", "c:2", "c:3", "c:4", "c:5", "d:1"])
    #expect(try due("d") == ["d:1"])
    #expect(try due("C:") == [])
    #expect(try due("%") == [])
    #expect(try due(limit: 2) == ["c:1", "c:2"])
    #expect(try due(after: "c:2", limit: 2) == ["c:3", "c:4"])
    #expect(try due(after: "c:4", limit: 2) == ["c:5"])
    #expect(try due(after: "c:5") == [])
  }

  @Test("a stream with a snapshot at its end is left out until it has more events")
  func upToDate() throws {
    try take("c:2", "c:4")
    #expect(try due() == ["c:1", "c:3", "c:5"])
    try store.addOnes(1, to: "c:4")
    #expect(try due() == ["c:1", "c:3", "c:4", "c:5"])
    try take("c:1", "c:3", "c:4", "c:5")
    #expect(try due() == [])
    #expect(try due("") == ["d:1"])
    #expect(try file.snapshots(of: "c:4") == [2, 3])
  }

  @Test("by age only streams whose newest snapshot is older than that, or that have none")
  func takenBefore() throws {
    let start = file.clock.micros
    try take("c:1", "c:2")
    file.clock.micros += 100
    try take("c:3")
    for streamID in ["c:1", "c:2", "c:3"] { try store.addOnes(1, to: streamID) }
    #expect(try due(takenBefore: start) == ["c:4", "c:5"])
    #expect(try due(takenBefore: start + 1) == ["c:1", "c:2", "c:4", "c:5"])
    #expect(try due(takenBefore: start + 100) == ["c:1", "c:2", "c:4", "c:5"])
    #expect(try due(takenBefore: start + 101) == ["c:1", "c:2", "c:3", "c:4", "c:5"])
    try take("c:1")
    #expect(try due(takenBefore: .max) == ["c:2", "c:3", "c:4", "c:5"])
  }

  @Test("what is written between reading and saving doesn't get into the snapshot or its place")
  func overtaken() throws {
    var loaded = try store.counter("c:1")
    try file.open().addOnes(4, to: "c:1")
    let isSaved = try store.save(&loaded, "c:1")
    #expect(isSaved)
    #expect(try file.snapshots(of: "c:1") == [2])
    var saved: [Snapshot] = []
    try store.read { try $0.forEachSnapshot(of: "c:1") { saved.append($0) } }
    #expect(saved.map(\.state) == [Counter(sum: 3, count: 3).bytes])
    let now = try file.open().counter("c:1")
    #expect(now.snapshotVersion == 2)
    #expect(now.eventsFolded == 4)
    #expect(now.state == Counter(sum: 7, count: 7))
    #expect(try due() == ["c:1", "c:2", "c:3", "c:4", "c:5"])
  }

  /// How many of a stream's snapshots hold something else than a fold of its events.
  private func wrongSnapshots(of streamID: String) throws -> (checked: Int, wrong: [String]) {
    try store.read { log in
      var (checked, wrong) = (0, [String]())
      try log.forEachSnapshot(of: streamID) { snapshot in
        var folded = Loaded<Counter>(before: streamID)
        var query = EventQuery(streamID: streamID)
        query.throughStreamPosition = snapshot.streamPosition
        try log.forEachEvent(query) { try folded.evolve($0) }
        if let problem = try log.problem(with: snapshot, at: folded) { wrong.append(problem) }
        checked += 1
      }
      return (checked, wrong)
    }
  }

  @Test("while four threads write and another takes snapshots, every one is a fold of its events")
  func race() throws {
    try store.setSnapshotPolicy { $0.everyEvents = 3 }
    let path = file.path
    let failures = onThreads(5) { index -> String? in
      do {
        var configuration = TestStore.configuration(clockMicros: 1_700_000_000_000_000)
        configuration.busyTimeoutMilliseconds = 60_000
        let store = try EventStore(path: path, access: .readWrite, configuration: configuration)
        for _ in 1...25 {
          guard index == 0 else {
            try store.add([index], to: "c:1", retries: 1_000)
            continue
          }
          var loaded = try store.counter("c:1")
          _ = try store.save(&loaded, "c:1")
        }
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(failures.compactMap(\.self) == [])
    let found = try wrongSnapshots(of: "c:1")
    #expect(found.checked > 5)
    #expect(found.wrong == [])
    #expect(try store.counter("c:1").state == Counter(sum: 3 + 25 * (1 + 2 + 3 + 4), count: 103))
    try file.plant(Counter(sum: 1, count: 103), of: "c:1", at: 102)
    #expect(try wrongSnapshots(of: "c:1").wrong == ["it differs from its events"])
  }
}
