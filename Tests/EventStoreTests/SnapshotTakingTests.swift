import EventStore
import Testing

@Suite("When commands take snapshots")
struct SnapshotTakingTests {
  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore()
    store = try file.open()
  }

  @Test("every 10 events: not after 9, at the 10th, and again with the 10th after that")
  func interval() throws {
    try store.setSnapshotPolicy { $0.everyEvents = 10 }
    for _ in 1...9 { try store.addOnes(1) }
    #expect(try file.snapshots() == [])
    try store.addOnes(1)
    #expect(try file.snapshots() == [9])
    try store.addOnes(1)
    #expect(try file.snapshots() == [9])
    try store.addOnes(10)
    #expect(try file.snapshots() == [9, 20])
  }

  @Test("a batch that jumps over the boundary is followed by a snapshot at its end")
  func jump() throws {
    try store.addOnes(95)
    #expect(try file.snapshots() == [])
    try store.addOnes(10)
    #expect(try file.snapshots() == [104])
    #expect(try store.counter().eventsFolded == 0)
  }

  @Test("each stream counts its own events")
  func perStream() throws {
    try store.setSnapshotPolicy { $0.everyEvents = 3 }
    for _ in 1...4 { for streamID in ["a", "b"] { try store.addOnes(1, to: streamID) } }
    try store.addOnes(2, to: "c")
    #expect(try file.snapshots(of: "a") == [2])
    #expect(try file.snapshots(of: "b") == [2])
    #expect(try file.snapshots(of: "c") == [])
  }

  @Test("by age: when the first event since the last snapshot was recorded that long ago")
  func age() throws {
    let start = file.clock.micros
    try store.setSnapshotPolicy { ($0.everyEvents, $0.maxAgeMicros) = (nil, 1_000) }
    for (offset, snapshots) in [
      (0, []), (999, []), (1_000, [2]), (5_000, [2]), (5_999, [2]), (6_000, [2, 5]),
    ] as [(Int64, [Int64])] {
      file.clock.micros = start + offset
      try store.addOnes(1)
      #expect(try file.snapshots() == snapshots, "\(offset)")
    }
  }

  @Test("on load: when a command had to fold more than so many events")
  func onLoad() throws {
    try store.addOnes(20)
    try store.setSnapshotPolicy { ($0.everyEvents, $0.onLoadEvents) = (nil, 20) }
    try store.addOnes(1)
    #expect(try file.snapshots() == [])
    try store.addOnes(1)
    #expect(try file.snapshots() == [21])
    try store.addOnes(1)
    #expect(try file.snapshots() == [21])
  }

  @Test(
    "of several reasons any one is enough",
    arguments: [
      (5, nil, nil), (nil, 50, nil), (nil, nil, 2), (5, 1_000_000, 1_000), (1_000, 50, 1_000),
      (1_000, 1_000_000, 2),
    ] as [(Int64?, Int64?, Int64?)])
  func anyReason(_ every: Int64?, _ age: Int64?, _ onLoad: Int64?) throws {
    try store.setSnapshotPolicy {
      ($0.everyEvents, $0.maxAgeMicros, $0.onLoadEvents) = (every, age, onLoad)
    }
    var positions: [Int64] = []
    for _ in 1...6 {
      try store.addOnes(1)
      positions = try file.snapshots()
      file.clock.micros += 20
    }
    #expect(positions.count == 1)
  }

  @Test("it is stamped with the clock, and its state is the codec's to the byte")
  func content() throws {
    try store.setSnapshotPolicy { $0.everyEvents = 2 }
    file.clock.micros += 77
    try store.add([3, 4])
    var snapshots: [Snapshot] = []
    try store.read { try $0.forEachSnapshot { snapshots.append($0) } }
    #expect(snapshots.map(\.state) == [Counter(sum: 7, count: 2).bytes])
    #expect(snapshots.map(\.takenAtMicros) == [file.clock.micros])
    #expect(snapshots.map(\.position) == [2])
    #expect(snapshots.map(\.stateVersion) == [Counter.stateVersion])
  }

  @Test("switched off, or without a reason, no command takes one")
  func never() throws {
    try store.setSnapshotPolicy { $0.isEnabled = false }
    try store.addOnes(500)
    try store.setSnapshotPolicy { $0.everyEvents = nil }
    try store.addOnes(500)
    #expect(try file.snapshots() == [])
    #expect(try store.counter().eventsFolded == 1_000)
  }

  @Test("a refused command takes none, even where one is due")
  func refused() throws {
    try store.addOnes(200)
    try file.raw().run("DELETE FROM snapshots")
    #expect(throws: Counter.Refusal.belowZero(-1)) { try store.add([-201]) }
    #expect(try file.snapshots() == [])
    try store.add([-200])
    #expect(try file.snapshots() == [200])
  }

  /// An aggregate that has no snapshots: the default.
  private struct Plain: Aggregate {
    init(streamID: String) {}
    mutating func evolve(_ event: RecordedEvent) {}
  }

  @Test("an aggregate without a codec has none, and one that another took is none of its business")
  func withoutCodec() throws {
    try store.append(to: "a", as: Plain.self, NewCommit([])) { _ in
      (1...150).map(NewEvent.numbered)
    }
    #expect(try file.snapshots() == [])
    try store.addOnes(1)
    #expect(try file.snapshots() == [150])
    let loaded = try store.read { try $0.load(Plain.self, "a") }
    #expect(loaded.eventsFolded == 151)
    #expect(loaded.snapshotVersion == nil)
  }
}
