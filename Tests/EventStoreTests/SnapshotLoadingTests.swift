import EventStore
import Foundation
import Testing

@Suite("Loading starts from the newest snapshot")
struct SnapshotLoadingTests {
  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore()
    store = try file.open()
  }

  @Test("only the events after it are folded, none if there are none")
  func folded() throws {
    try store.addOnes(100)
    let atSnapshot = try file.open()
    #expect(try atSnapshot.counter().eventsFolded == 0)
    #expect(atSnapshot.eventsFolded == 0)
    try store.addOnes(7)
    let reader = try file.open(.readOnly)
    let loaded = try reader.counter()
    #expect(loaded.eventsFolded == 7)
    #expect(loaded.snapshotVersion == 99)
    #expect(loaded.version == 106)
    #expect(loaded.state == Counter(sum: 107, count: 107))
    #expect(try reader.counter().eventsFolded == 7)
    #expect(reader.eventsFolded == 14)
  }

  @Test("a stream without snapshots is folded whole, one without events not at all")
  func withoutSnapshot() throws {
    try store.addOnes(42)
    let loaded = try store.counter()
    #expect(loaded.eventsFolded == 42)
    #expect(loaded.snapshotVersion == nil)
    let empty = try store.counter("nobody")
    #expect(empty.eventsFolded == 0)
    #expect(empty.version == nil)
    #expect(empty.state == Counter(sum: 0, count: 0))
    #expect(file.notices.all == [])
  }

  @Test("however long a stream is, a command folds less than the interval")
  func longStream() throws {
    try store.setSnapshotPolicy { $0.everyEvents = 100 }
    var folded: [Int64] = []
    for step in 1...286 {
      let handle = step % 20 == 0 ? try file.open() : store
      let before = handle.eventsFolded
      try handle.addOnes(7)
      folded.append(handle.eventsFolded - before)
    }
    #expect(try store.version(of: "a") == 2_001)
    #expect(folded.max() == 98)
    let reader = try file.open(.readOnly)
    #expect(try reader.counter().state == Counter(sum: 2_002, count: 2_002))
    #expect(reader.eventsFolded == 7)
    #expect(try reader.foldedCounter() == Counter(sum: 2_002, count: 2_002))
  }

  @Test("several are kept: without the newest the older one serves, without any all events")
  func several() throws {
    for _ in 1...3 { try store.addOnes(100) }
    try store.addOnes(5)
    let raw = try file.raw()
    #expect(try file.snapshots() == [99, 199, 299])
    for (sql, folded) in [
      ("SELECT 1", 5), ("DELETE FROM snapshots WHERE stream_position = 299", 105),
      ("DELETE FROM snapshots WHERE stream_position = 199", 205), ("DELETE FROM snapshots", 305),
    ] {
      try raw.run(sql)
      let loaded = try store.counter()
      #expect(loaded.eventsFolded == folded)
      #expect(loaded.state == Counter(sum: 305, count: 305))
      #expect(loaded.version == 304)
    }
    #expect(file.notices.all == [])
  }

  @Test("the next snapshot counts from the one that was loaded")
  func nextAfterDeleted() throws {
    for _ in 1...2 { try store.addOnes(100) }
    try file.raw().run("DELETE FROM snapshots WHERE stream_position = 199")
    try store.addOnes(1)
    #expect(try file.snapshots() == [99, 200])
  }

  @Test("switched off, snapshots that are there are left alone and not read")
  func switchedOff() throws {
    try store.addOnes(100)
    try file.plant(Counter(sum: 9_999, count: 100), at: 99)
    #expect(try store.counter().state.sum == 9_999)
    try store.setSnapshotPolicy { $0.isEnabled = false }
    let loaded = try store.counter()
    #expect(loaded.state == Counter(sum: 100, count: 100))
    #expect(loaded.eventsFolded == 100)
    #expect(loaded.snapshotVersion == nil)
    #expect(file.notices.all == [])
    #expect(try file.snapshots() == [99])
  }

  @Test("without a reason to take any, those that are there are still read")
  func withoutReason() throws {
    try store.addOnes(100)
    try store.setSnapshotPolicy { $0.everyEvents = nil }
    try store.addOnes(200)
    let loaded = try store.counter()
    #expect(loaded.snapshotVersion == 99)
    #expect(loaded.eventsFolded == 200)
  }

  @Test("reading writes nothing: no snapshot however much was folded, and no byte of the file")
  func readingWritesNothing() throws {
    try store.setSnapshotPolicy { $0.everyEvents = nil }
    try store.addOnes(300)
    try store.setSnapshotPolicy { ($0.maxAgeMicros, $0.onLoadEvents) = (1, 1) }
    file.clock.micros += 1_000_000
    // Both handles stay open: the last to close would move the log into the file.
    let handles = [try file.open(.readOnly), try file.open()]
    let before = try contents()
    for handle in handles {
      #expect(try handle.counter().eventsFolded == 300)
      #expect(try handle.counter { $0.through = 250 }.eventsFolded == 250)
    }
    #expect(try contents() == before)
    #expect(try file.snapshots() == [])
    try store.addOnes(1)
    #expect(try contents() != before)
    #expect(try file.snapshots() == [300])
  }

  /// The bytes of the file and of its log.
  private func contents() throws -> [Data] {
    try ["", "-wal"].map { try Data(contentsOf: URL(fileURLWithPath: file.path + $0)) }
  }
}
