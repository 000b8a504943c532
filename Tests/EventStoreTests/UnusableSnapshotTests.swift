import EventStore
import Testing

@Suite("Snapshots that can't be used are ignored, told of once, and replaced")
struct UnusableSnapshotTests {
  let file: TestStore
  let store: EventStore

  /// 25 events in stream a, with snapshots at 9 and 19; stream b has one event.
  init() throws {
    file = try TestStore()
    store = try file.open()
    try store.setSnapshotPolicy { $0.everyEvents = 10 }
    for _ in 1...25 { try store.addOnes(1) }
    try store.addOnes(1, to: "b")
  }

  @Test("a wrong snapshot with a right checksum is used: it is read, and nothing else is")
  func wrongButWhole() throws {
    try file.plant(Counter(sum: 1_000, count: 20), at: 19)
    let loaded = try file.open().counter()
    #expect(loaded.state == Counter(sum: 1_005, count: 25))
    #expect(loaded.eventsFolded == 5)
    #expect(file.notices.all == [])
  }

  /// What spoils the newest snapshot, and what is said about it.
  static let damages: [(sql: String, problem: String)] = [
    ("stream_position = 99", "it is ahead of its stream"),
    ("stream_position = 25", "it is ahead of its stream"),
    ("stream_position = 18", "it names another event"),
    ("position = 19", "it names another event"), ("position = 26", "it names another event"),
    ("position = 999", "it names another event"), ("position = -1", "it names another event"),
    ("stream_position = 18, position = 19", "its checksum is wrong"),
    ("state_version = 2", "its checksum is wrong"),
    ("taken_at_us = taken_at_us + 1", "its checksum is wrong"),
    ("state = '{\"count\":20,\"sum\":21}'", "its checksum is wrong"),
    ("state = state || ' '", "its checksum is wrong"), ("state = ''", "its checksum is wrong"),
    ("checksum = zeroblob(32)", "its checksum is wrong"),
    ("checksum = zeroblob(31)", "its checksum is wrong"),
    ("checksum = x''", "its checksum is wrong"),
  ]

  @Test("whatever is changed in it, its checksum or its place gives it away", arguments: damages)
  func damaged(_ damage: (sql: String, problem: String)) throws {
    let raw = try file.raw()
    try raw.run("UPDATE snapshots SET \(damage.sql) WHERE stream_position = 19")
    let changed = try file.snapshots().filter { $0 != 9 }
    let position = try #require(changed.first)
    let store = try file.open()
    for _ in 1...3 {
      let loaded = try store.counter()
      #expect(loaded.state == Counter(sum: 25, count: 25))
      #expect(loaded.snapshotVersion == 9)
      #expect(loaded.eventsFolded == 15)
    }
    let notice = StoreNotice.snapshotIgnored(
      streamID: "a", streamPosition: position, problem: damage.problem)
    #expect(file.notices.all == [notice])
    #expect(try file.snapshots().contains(position))
    try store.addOnes(1)
    #expect(try file.snapshots() == [9, 25])
    #expect(file.notices.all == [notice])
    #expect(try file.open().counter().eventsFolded == 0)
    #expect(file.notices.all == [notice])
  }

  @Test("one of another stream with the same events is none of this one")
  func otherStream() throws {
    for _ in 1...20 { try store.addOnes(1, to: "c") }
    try file.raw().run(
      """
      DELETE FROM snapshots WHERE stream_key <> (SELECT stream_key FROM streams WHERE stream_id = 'c');
      UPDATE snapshots SET stream_key = (SELECT stream_key FROM streams WHERE stream_id = 'a'),
        position = position - 26
      """)
    let loaded = try file.open().counter()
    #expect(loaded.state == Counter(sum: 25, count: 25))
    #expect(loaded.eventsFolded == 25)
    #expect(file.notices.all.count == 2)
  }

  @Test("one of another store with the same events, from its first commit on, is none of this one")
  func otherHistory() throws {
    let other = try TestStore(isCreated: false)
    try EventStore.create(at: other.path, storeID: "store-2", configuration: other.configuration())
    let copy = try other.open()
    try copy.setSnapshotPolicy { $0.everyEvents = 100 }
    for _ in 1...25 { try copy.addOnes(1) }
    try other.raw().run(
      """
      ATTACH '\(file.path)' AS original;
      INSERT INTO snapshots SELECT * FROM original.snapshots;
      """)
    #expect(try other.snapshots() == [9, 19])
    #expect(try copy.counter().eventsFolded == 25)
    #expect(
      other.notices.all
        == [19, 9].map {
          .snapshotIgnored(streamID: "a", streamPosition: $0, problem: "its checksum is wrong")
        })
  }

  @Test("one ahead of a log that lost its end is ignored")
  func aheadOfTheLog() throws {
    try file.tamper(
      """
      DELETE FROM recorded_events WHERE position > 15; DELETE FROM commits WHERE commit_number > 15;
      DELETE FROM streams WHERE stream_id = 'b';
      """)
    let store = try file.open()
    let loaded = try store.counter()
    #expect(loaded.state == Counter(sum: 15, count: 15))
    #expect(loaded.snapshotVersion == 9)
    #expect(
      file.notices.all == [
        .snapshotIgnored(
          streamID: "a", streamPosition: 19, problem: "it is ahead of its stream")
      ])
    // Here it would pass for the newest again, if it had not been replaced.
    try store.addOnes(5)
    #expect(try file.snapshots() == [9, 19])
    #expect(try file.open().counter().eventsFolded == 0)
    #expect(file.notices.all.count == 1)
  }

  @Test("every unusable one on the way to a usable one is told of, each once, for each stream")
  func several() throws {
    for _ in 1...25 { try store.addOnes(1, to: "c") }
    try file.raw().run("UPDATE snapshots SET state = 'x'")
    let store = try file.open(.readOnly)
    for streamID in ["a", "c", "a", "c"] {
      let loaded = try store.counter(streamID)
      #expect(loaded.eventsFolded == 25)
      #expect(loaded.state.sum == 25)
    }
    #expect(file.notices.all.count == 4)
    #expect(Set(file.notices.all).count == 4)
    #expect(try file.snapshots() == [9, 19])
  }
}
