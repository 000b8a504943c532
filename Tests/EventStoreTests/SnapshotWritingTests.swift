import EventStore
import Testing

@Suite("Writing a snapshot")
struct SnapshotWritingTests {
  /// Why a test's transaction ends early.
  private struct Stop: Error {}

  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore(projections: [Tally.self])
    store = try file.open()
    try store.setSnapshotPolicy { $0.everyEvents = 5 }
    try store.addOnes(4)
  }

  /// Appends 1 to stream a and takes the snapshot that is then due.
  private func addOne(in transaction: WriteTransaction) throws {
    var loaded = try transaction.log.load(Counter.self, "a")
    let append = StreamAppend(streamID: "a", expectedVersion: .exactly(3), events: [.numbered(1)])
    for event in try transaction.append(NewCommit([append])) { try loaded.evolve(event) }
    try transaction.saveSnapshotIfDue(of: &loaded)
    #expect(loaded.snapshotVersion == 4)
  }

  @Test("a transaction that is taken back takes its snapshot along")
  func takenBack() throws {
    try store.rehearse { try addOne(in: $0) }
    #expect(throws: Stop.self) {
      try store.write { transaction in
        try addOne(in: transaction)
        throw Stop()
      }
    }
    #expect(try file.snapshots() == [])
    let loaded = try store.counter()
    #expect(loaded.snapshotVersion == nil)
    #expect(loaded.eventsFolded == 4)
    try store.write { try addOne(in: $0) }
    #expect(try file.snapshots() == [4])
  }

  @Test("a state that is ahead of what was recorded can't be saved")
  func uncommitted() throws {
    var loaded = try store.counter()
    let event = try #require(try store.events().last)
    let next = RecordedEvent(
      position: 5, streamID: "a", streamPosition: 4, type: event.type, version: 1,
      data: event.data, personalText: nil, personalDigest: nil, commit: event.commit)
    try loaded.evolve(next)
    var nobody = try store.counter("nobody")
    let saved = [try store.save(&loaded), try store.save(&nobody, "nobody")]
    #expect(saved == [false, false])
    #expect(try file.raw().value("SELECT count(*) FROM snapshots") == "0")
  }

  @Test("one that is there already is not taken again")
  func twice() throws {
    var loaded = try store.counter()
    let isSaved = try store.save(&loaded)
    #expect(isSaved)
    #expect(loaded.snapshotVersion == 3)
    #expect(loaded.eventsFolded == 0)
    var again = try store.counter()
    file.clock.micros += 1
    let savedAgain = [try store.save(&loaded), try store.save(&again)]
    #expect(savedAgain == [false, false])
    #expect(try file.snapshots() == [3])
    let taken = try file.raw().value("SELECT taken_at_us FROM snapshots")
    #expect(taken == "\(file.clock.micros - 1)")
  }

  @Test("if it fails, the command is recorded all the same, and the user is told")
  func refusedByTheTable() throws {
    try file.raw().run(
      """
      DROP TABLE snapshots;
      CREATE TABLE snapshots (
        stream_key INTEGER, stream_position INTEGER, position INTEGER, state_version INTEGER,
        taken_at_us INTEGER, state TEXT, checksum BLOB, CHECK (state IS NULL))
      """)
    let commit = NewCommit([], key: "k")
    let events = try store.perform(.add([1, 1]), on: "a", as: Counter.self, commit)
    #expect(events.map(\.position) == [5, 6])
    #expect(try file.open().version(of: "a") == 5)
    #expect(try file.open().read { try $0.commit(idempotencyKey: "k") } == events)
    #expect(try file.raw().rows("SELECT events FROM tally") == [["6"]])
    #expect(try file.snapshots() == [])
    #expect(file.notices.all.count == 1)
    guard case .snapshotNotWritten("a", let problem) = file.notices.all.first else {
      Issue.record("\(file.notices.all)")
      return
    }
    #expect(problem.contains("CHECK constraint failed"), "\(problem)")
    try store.addOnes(1)
    #expect(try file.open().counter().state == Counter(sum: 7, count: 7))
    #expect(file.notices.all.count == 1)
  }

  @Test("inline, by a fresh fold and from a snapshot, the same events give the same answer")
  func sameAnswer() throws {
    try store.write { transaction in
      try addOne(in: transaction)
      #expect(try file.raw().value("SELECT events FROM tally") == "4")
    }
    #expect(try file.raw().value("SELECT events FROM tally") == "5")
    try store.addOnes(7)
    #expect(try file.raw().value("SELECT events FROM tally") == "12")
    let loaded = try file.open().counter()
    #expect(loaded.snapshotVersion == 11)
    #expect(loaded.eventsFolded == 0)
    #expect(loaded.state == Counter(sum: 12, count: 12))
    #expect(try store.foldedCounter() == loaded.state)
  }
}
