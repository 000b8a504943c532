import EventStore
import Testing

@Suite("Removing snapshots")
struct SnapshotPruningTests {
  let file: TestStore
  let store: EventStore

  /// Streams a and b with snapshots at 1, 3 and 5; b's are 100 µs younger.
  init() throws {
    file = try TestStore()
    store = try file.open()
    try store.setSnapshotPolicy { $0.everyEvents = 2 }
    for streamID in ["a", "b"] {
      for _ in 1...3 { try store.addOnes(2, to: streamID) }
      file.clock.micros += 100
    }
  }

  @Test("each is shown with its number of newer ones, stream by stream and oldest first")
  func shown() throws {
    var seen: [String] = []
    let pruned = try store.write { transaction in
      try transaction.pruneSnapshots { snapshot, newer in
        seen.append("\(snapshot.streamID)@\(snapshot.streamPosition) \(newer)")
        return false
      }
    }
    #expect(pruned == 0)
    #expect(seen == ["a@1 2", "a@3 1", "a@5 0", "b@1 2", "b@3 1", "b@5 0"])
    #expect(try file.snapshots(of: "a") == [1, 3, 5])
  }

  @Test("of all streams, those that are named superfluous go")
  func all() throws {
    let pruned = try store.write { try $0.pruneSnapshots { _, newer in newer >= 1 } }
    #expect(pruned == 4)
    #expect(try file.snapshots(of: "a") == [5])
    #expect(try file.snapshots(of: "b") == [5])
  }

  @Test("of one stream, the others' stay")
  func one() throws {
    let pruned = try store.write { try $0.pruneSnapshots(of: "b") { _, _ in true } }
    #expect(pruned == 3)
    #expect(try file.snapshots(of: "a") == [1, 3, 5])
    #expect(try file.snapshots(of: "b") == [])
    #expect(try store.write { try $0.pruneSnapshots(of: "nobody") { _, _ in true } } == 0)
  }

  @Test("streams whose names look the same are told apart")
  func lookalikes() throws {
    let names = ["cafe\u{301}", "caf\u{e9}"]
    for name in names { for _ in 1...3 { try store.addOnes(2, to: name) } }
    let pruned = try store.write { try $0.pruneSnapshots { _, newer in newer >= 1 } }
    #expect(pruned == 8)
    for name in names { #expect(try file.snapshots(of: name) == [5]) }
  }

  @Test("by age")
  func byAge() throws {
    let limit = file.clock.micros - 100
    let pruned = try store.write {
      try $0.pruneSnapshots { snapshot, _ in snapshot.takenAtMicros < limit }
    }
    #expect(pruned == 3)
    #expect(try file.snapshots(of: "a") == [])
    #expect(try file.snapshots(of: "b") == [1, 3, 5])
  }

  @Test("answers stay as they were, and cost more")
  func answers() throws {
    let before = try store.counter()
    #expect(before.eventsFolded == 0)
    _ = try store.write { try $0.pruneSnapshots { _, _ in true } }
    let after = try store.counter()
    #expect(after.state == before.state)
    #expect(after.eventsFolded == 6)
  }
}
