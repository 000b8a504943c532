import EventStore
import Testing

@Suite("Snapshots and cuts in the past")
struct SnapshotTimeTravelTests {
  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore()
    store = try file.open()
  }

  @Test("a cut at every version starts from the greatest snapshot that it lets through")
  func everyVersion() throws {
    try store.setSnapshotPolicy { $0.everyEvents = 5 }
    var (sums, sum) = ([Int](), 0)
    for number in 1...60 {
      try store.add([number])
      sum += number
      sums.append(sum)
    }
    let kept = try file.snapshots()
    #expect(kept.count > 3)
    for version in 0..<Int64(60) {
      let loaded = try store.counter { $0.throughStreamPosition = version }
      let snapshot = kept.last { $0 <= version }
      #expect(loaded.state == Counter(sum: sums[Int(version)], count: Int(version) + 1))
      #expect(loaded.version == version)
      #expect(loaded.snapshotVersion == snapshot)
      #expect(loaded.eventsFolded == Int(version - (snapshot ?? -1)))
    }
  }

  @Test("with a snapshot at each version nothing is folded, and without them all of it")
  func atEach() throws {
    try store.setSnapshotPolicy { $0.everyEvents = 1 }
    for number in [0, 10, 25, 30, 10] { try store.add([number]) }
    #expect(try file.snapshots() == [0, 1, 2, 3, 4])
    for (version, sum) in [0, 10, 35, 65, 75].enumerated() {
      let loaded = try store.counter { $0.throughStreamPosition = Int64(version) }
      #expect(loaded.state.sum == sum)
      #expect(loaded.eventsFolded == 0)
    }
    try store.setSnapshotPolicy { $0.isEnabled = false }
    for (version, sum) in [0, 10, 35, 65, 75].enumerated() {
      let loaded = try store.counter { $0.throughStreamPosition = Int64(version) }
      #expect(loaded.state.sum == sum)
      #expect(loaded.eventsFolded == version + 1)
    }
  }

  @Test("a snapshot after the cut is not used, by whichever clock or count the cut is made")
  func afterTheCut() throws {
    try store.setSnapshotPolicy { $0.everyEvents = nil }
    for _ in 0..<30 {
      file.clock.micros += 10
      try store.add([1])
      try store.addOnes(1, to: "b")
    }
    for version in [9, 19] as [Int64] {
      try file.plant(Counter(sum: Int(version) + 1, count: 0), at: version)
    }
    try file.plant(Counter(sum: 9_999, count: 0), at: 29)
    let cut = try #require(
      try store.events(EventQuery(streamID: "a")).first { $0.streamPosition == 28 })
    for narrow: (inout EventQuery) -> Void in [
      { $0.throughStreamPosition = 28 }, { $0.through = cut.position },
      { $0.recordedThroughMicros = cut.commit.header.recordedAtMicros },
    ] {
      let loaded = try store.counter(narrow)
      #expect(loaded.state.sum == 29)
      #expect(loaded.snapshotVersion == 19)
      #expect(loaded.eventsFolded == 9)
    }
    #expect(try store.counter { $0.throughStreamPosition = 29 }.state.sum == 9_999)
    #expect(try store.counter().state.sum == 9_999)
  }

  @Test("a cut inside a commit leaves out the snapshot at its end")
  func insideCommit() throws {
    try store.addOnes(150)
    try store.addOnes(100)
    #expect(try file.snapshots() == [149, 249])
    let loaded = try store.counter { $0.through = 249 }
    #expect(loaded.snapshotVersion == 149)
    #expect(loaded.eventsFolded == 99)
    #expect(loaded.state.sum == 249)
    #expect(try store.counter { $0.through = 250 }.eventsFolded == 0)
  }

  /// What a query for an aggregate can't have, and the last that it can.
  static func narrow(_ query: inout EventQuery, _ index: Int) {
    switch index {
    case 0: query.after = 0
    case 1: query.recordedFromMicros = 0
    case 2: query.afterStreamPosition = 0
    case 3: query.limit = 1
    case 4: query.isReversed = true
    case 5: query.order = .effective
    case 6: query.streamID = nil
    default: query.through = 1
    }
  }

  @Test("a stream is folded from its first event on, in order, or not at all", arguments: 0...7)
  func wholeStream(_ index: Int) async {
    await #expect(processExitsWith: index == 7 ? .success : .failure) { [index = index as Int] in
      let store = try EventStore(
        inMemory: "s", configuration: TestStore.configuration(clockMicros: 0))
      _ = try store.counter { Self.narrow(&$0, index) }
    }
  }
}
