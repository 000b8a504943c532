import EventStore
import SQLite
import Testing

@Suite("Projections are kept with the log")
struct ProjectionTests {
  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore(projections: [Tally.self])
    store = try file.open()
  }

  /// What the tally says on `handle`.
  private func tally(_ handle: EventStore) throws -> [String: Int64] {
    try handle.read { log in
      try log.query(Tally.self) { database in
        var tally: [String: Int64] = [:]
        try database.forEach("SELECT stream_id, events FROM main.tally") { row in
          tally[row.text(0)] = row.int64(1)
        }
        return tally
      }
    }
  }

  private func refused() -> NewEvent {
    NewEvent(type: Tally.refusedType, version: 1, data: Array("{}".utf8))
  }

  @Test("an append has reached its projection when it returns, for every handle")
  func inline() throws {
    #expect(try tally(store) == [:])
    try store.append([.numbered(1), .numbered(2)], to: "a")
    try file.open().append([.numbered(3)], to: "b")
    try store.append([.numbered(4)], to: "a")
    for handle in [store, try file.open(.readOnly)] {
      #expect(try tally(handle) == ["a": 3, "b": 1])
    }
    try file.verify()
  }

  @Test("what is appended shows within its own transaction, and is gone if that is taken back")
  func rehearsed() throws {
    try store.append([.numbered(1)], to: "a")
    let append = StreamAppend(streamID: "a", expectedVersion: .any, events: [.numbered(2)])
    try store.rehearse { transaction in
      try transaction.append(NewCommit([append]))
      #expect(try file.open(.readOnly).version(of: "a") == 0)
    }
    #expect(try tally(store) == ["a": 1])
    try store.append([.numbered(2)], to: "a")
    #expect(try tally(store) == ["a": 2])
    try file.verify()
  }

  @Test("events applied a second time change nothing")
  func twice() throws {
    try SampleLog.write(to: store)
    let before = try tally(store)
    let events = try store.events()
    try store.read { log in
      try log.query(Tally.self) { database in
        let projection = Tally(database, in: .main)
        for event in events { try projection.apply(ProjectedEvent(event, content: nil), log) }
      }
    }
    #expect(try tally(store) == before)
    try file.verify()
  }

  @Test("a projection's refusal refuses the append with its own error, and nothing is written")
  func refusal() throws {
    try store.append([.numbered(1)], to: "a")
    let tables = AppendingTests.tables + ["tally", "projections"]
    let before = try file.raw().contents(of: tables)
    let append = { StreamAppend(streamID: $0, expectedVersion: .any, events: $1) }
    let commit = NewCommit(
      [append("a", [.numbered(2)]), append("new", [refused()])], key: "k")
    #expect(throws: Tally.Refusal(position: 3)) { try store.append(commit) }
    #expect(try file.raw().contents(of: tables) == before)
    #expect(try store.version(of: "a") == 0)
    #expect(try store.read { try $0.commit(idempotencyKey: "k") } == nil)
    #expect(try store.append([.numbered(2)], to: "a", expecting: .exactly(0))[0].position == 2)
    #expect(try tally(store) == ["a": 2])
    try file.verify()
  }

  @Test("of 100 events the last is refused: none of them is there, and the next takes their place")
  func lateRefusal() throws {
    try store.append([.numbered(1), .numbered(2)], to: "a")
    let tables = AppendingTests.tables + ["tally", "projections"]
    let before = try file.raw().contents(of: tables)
    let events = (1...99).map(NewEvent.numbered) + [refused()]
    #expect(throws: Tally.Refusal(position: 102)) {
      try store.append(events, to: "a", expecting: .exactly(1))
    }
    #expect(try file.raw().contents(of: tables) == before)
    for handle in [store, try file.open(.readOnly)] {
      #expect(try handle.version(of: "a") == 1)
      #expect(try handle.head().position == 2)
    }
    let next = try store.append([.numbered(3)], to: "a", expecting: .exactly(1))
    #expect(next.map(\.position) == [3])
    #expect(next.map(\.streamPosition) == [2])
    #expect(try tally(store) == ["a": 3])
    try file.verify()
  }

  @Test(
    "a refusal that the transaction ignores doesn't leave a log that its projections contradict")
  func ignoredRefusal() throws {
    let refused = StreamAppend(streamID: "a", expectedVersion: .any, events: [refused()])
    let fine = StreamAppend(streamID: "b", expectedVersion: .any, events: [.numbered(1)])
    func goOn(_ transaction: WriteTransaction) throws {
      #expect(throws: Tally.Refusal(position: 1)) {
        try transaction.append(NewCommit([refused]))
      }
      try transaction.append(NewCommit([fine]))
    }
    #expect(throws: Tally.Refusal(position: 1)) { try store.write(goOn) }
    #expect(try store.events() == [])
    #expect(try tally(store) == [:])
    #expect(try store.append([.numbered(1)], to: "b", expecting: .noStream)[0].position == 1)
    try file.verify()
  }

  @Test("an append doesn't rebuild what is up to date")
  func notRebuilt() throws {
    try store.append([.numbered(1)], to: "a")
    try file.raw().run("INSERT INTO tally VALUES ('planted', 9, 0)")
    try store.append([.numbered(2)], to: "a")
    try file.open().append([.numbered(3)], to: "a")
    #expect(try tally(store) == ["a": 3, "planted": 9])
  }

  @Test("an inline projection sees each event as its receipt has it")
  func trueEvents() throws {
    let file = try TestStore(projections: [Witness.self])
    let store = try file.open()
    var receipts: [RecordedEvent] = []
    for number in 1...3 {
      file.clock.micros += Int64(number)
      let appends = ["a", "b"].map {
        StreamAppend(streamID: $0, expectedVersion: .any, events: [.numbered(number)])
      }
      receipts += try store.append(NewCommit(appends, key: "k\(number)", effectiveAtMicros: 7))
    }
    let seen = try file.raw().rows("SELECT * FROM witness ORDER BY 1")
    #expect(seen == receipts.map(Witness.row))
    #expect(Set(seen.map { $0[4] }).count == 3)
    try store.rebuild([Witness.self])
    #expect(try file.raw().rows("SELECT * FROM witness ORDER BY 1") == seen)
  }
}
