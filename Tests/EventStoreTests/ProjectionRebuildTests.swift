import EventStore
import SQLite
import Testing

@Suite("Projections are rebuilt from the log, and checked against it")
struct ProjectionRebuildTests {
  let file: TestStore

  init() throws {
    file = try TestStore(projections: [Tally.self])
    try SampleLog.write(to: file.open())
  }

  /// A row that no event makes: it is gone after a rebuild.
  private func plantRow() throws {
    try file.raw().run("INSERT INTO tally VALUES ('planted', 9, 0)")
  }

  @Test("a projection whose version rose is rebuilt before the next write")
  func risenVersion() throws {
    try plantRow()
    let store = try file.open(projections: [NextTally.self])
    #expect(throws: StoreFileError.projectionOutdated(name: "tally")) {
      try store.read { try $0.query(NextTally.self) { _ in } }
    }
    try store.write { _ in }
    #expect(try file.raw().rows("SELECT * FROM tally ORDER BY 1") == [["a", "6"], ["b", "4"]])
    try store.read { try $0.query(NextTally.self) { _ in } }
    #expect(try store.verify().events == 5)
    try store.append([.numbered(6)], to: "b")
    #expect(try file.raw().value("SELECT twice FROM tally WHERE stream_id = 'b'") == "6")
    try store.verify()
  }

  @Test("a rebuild that is taken back leaves everything as it was")
  func rehearsed() throws {
    let before = try file.raw().contents(of: ["tally", "projections"])
    try file.open(projections: [NextTally.self]).rehearse { _ in }
    #expect(try file.raw().contents(of: ["tally", "projections"]) == before)
    try file.verify()
  }

  @Test("a projection of a later version is refused, for reading and for writing")
  func newer() throws {
    try file.open(projections: [NextTally.self]).write { _ in }
    let before = try file.raw().contents(of: ["tally", "projections", "recorded_events"])
    let store = try file.open()
    let error = StoreFileError.projectionTooNew(name: "tally", version: 2, newestKnown: 1)
    #expect(throws: error) { try store.append([.numbered(6)], to: "a") }
    #expect(throws: error) { try store.read { try $0.query(Tally.self) { _ in } } }
    #expect(try file.raw().contents(of: ["tally", "projections", "recorded_events"]) == before)
  }

  @Test(
    "a projection that lags, was never made or lost its table is rebuilt before the next write",
    arguments: [
      "UPDATE projections SET checkpoint = 4", "UPDATE projections SET version = 0",
      "DELETE FROM projections", "DELETE FROM projections; DROP TABLE tally", "DROP TABLE tally",
    ])
  func lagging(_ sql: String) throws {
    try plantRow()
    try file.raw().run(sql)
    let store = try file.open()
    #expect(throws: StoreFileError.projectionOutdated(name: "tally")) {
      try store.read { try $0.query(Tally.self) { _ in } }
    }
    try store.append([.numbered(6)], to: "b")
    #expect(
      try file.raw().rows("SELECT * FROM tally ORDER BY 1") == [["a", "3", "4"], ["b", "3", "6"]])
    try store.read { try $0.query(Tally.self) { _ in } }
    try file.verify()
  }

  @Test("a projection that is new to a store sees its whole past")
  func added() throws {
    let old = try TestStore()
    try SampleLog.write(to: old.open())
    let store = try old.open(projections: [Tally.self])
    try store.write { _ in }
    #expect(
      try old.raw().rows("SELECT * FROM tally ORDER BY 1") == [["a", "3", "4"], ["b", "2", "5"]])
    try store.verify()
  }

  @Test(
    "verify finds a projection that was edited by hand",
    arguments: [
      ("UPDATE tally SET events = 7 WHERE stream_id = 'b'", "events=7"),
      ("UPDATE tally SET last_position = 1 WHERE stream_id = 'b'", "last_position=1"),
      ("DELETE FROM tally WHERE stream_id = 'b'", "missing: stream_id=b"),
      ("INSERT INTO tally VALUES ('ghost', 1, 1)", "stream_id=ghost"),
      ("UPDATE projections SET checkpoint = 4", "checkpoint 4"),
      ("UPDATE projections SET checkpoint = 6", "checkpoint 6"),
      ("UPDATE projections SET version = 0", "version 0"),
      ("DELETE FROM projections", "projection tally is missing"),
      ("DROP TABLE tally", "table 'tally' is missing"),
      ("ALTER TABLE tally ADD COLUMN x TEXT", "table 'tally' was changed"),
    ])
  func edited(_ sql: String, _ named: String) throws {
    try file.raw().run(sql)
    let error = #expect(throws: StoreFileError.self) { try file.verify() }
    guard case .damaged(file.path, let position, let problem) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(position == nil)
    #expect(problem.contains(named), "\(problem)")
  }

  @Test("a tail cut off between commits shows in the projection")
  func truncated() throws {
    try file.tamper(
      """
      DELETE FROM personal_texts WHERE position > 3;
      DELETE FROM recorded_events WHERE position > 3;
      DELETE FROM commits WHERE commit_number > 2;
      """)
    let error = #expect(throws: StoreFileError.self) { try file.verify() }
    guard case .damaged = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("verify changes nothing and leaves queries right")
  func harmless() throws {
    let store = try file.open()
    let before = try file.raw().contents(of: ["tally", "projections"])
    try store.verify()
    try store.verify()
    try store.append([.numbered(6)], to: "c")
    #expect(
      try file.raw().contents(of: ["projections"]) != ["projections": before["projections"] ?? []])
    let count = try store.read { log in
      try log.query(Tally.self) { database in
        try database.first("SELECT count(*) FROM main.tally") { $0.int64(0) }
      }
    }
    #expect(count == 3)
    try store.verify()
  }
}
