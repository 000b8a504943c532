import Foundation
import SQLite
import TestSupport
import Testing

@testable import EventStore

@Suite("A deferred projection")
struct DeferredProjectionTests {
  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore(projections: [DeferredTally.self, Tally.self, LiveTally.self])
    store = try file.open()
  }

  private func tally(_ handle: EventStore) throws -> [String: Int64] {
    try handle.read(DeferredTally.self) { tally, _ in try tally.tally() }
  }

  private func stored() throws -> [[String?]] {
    try file.raw().rows("SELECT stream_id, events FROM deferred_tally ORDER BY 1")
  }

  private func poison() -> NewEvent {
    NewEvent(type: DeferredTally.poisonType, version: 1, data: Array("{}".utf8))
  }

  @Test("is left alone by writers, and has seen everything when it answers, for every handle")
  func catchesUp() throws {
    try SampleLog.write(to: store)
    #expect(try stored().isEmpty)
    for handle in [try file.open(.readOnly), store] {
      #expect(try tally(handle) == ["a": 3, "b": 2])
    }
    #expect(try stored() == [["a", "3"], ["b", "2"]])
    try store.append([.numbered(6)], to: "b")
    #expect(try tally(file.open(.readOnly)) == ["a": 3, "b": 3])
    try file.verify()
  }

  @Test("that has nothing to catch up with writes not one byte")
  func nothingToDo() throws {
    try SampleLog.write(to: store)
    _ = try tally(store)
    #expect(store.clearLog() == nil)
    let before = try Data(contentsOf: URL(fileURLWithPath: file.path))
    _ = try tally(store)
    _ = try tally(try file.open(.readOnly))
    #expect(try Data(contentsOf: URL(fileURLWithPath: file.path)) == before)
    let status = try #require(try store.read { try $0.projectionStatuses() }.first)
    #expect((status.checkpoint, status.lag, status.lifecycle) == (5, 0, "deferred"))
  }

  @Test("catches up in several transactions, and goes on where another handle has left it")
  func batches() throws {
    try store.write { transaction in
      for number in 0..<20_000 {
        try transaction.append(
          NewCommit([
            StreamAppend(streamID: "s\(number % 3)", expectedVersion: .any, events: [.numbered(1)])
          ]))
      }
    }
    var told: [Int64] = []
    let expected: [String: Int64] = ["s0": 6_667, "s1": 6_667, "s2": 6_666]
    let counted = try store.read(
      DeferredTally.self,
      progress: { done, total in
        #expect(total == 20_000)
        if told.isEmpty { _ = try? self.file.open().catchUp(DeferredTally.self, through: 10_000) }
        told.append(done)
      }
    ) { tally, _ in try tally.tally() }
    #expect(counted == expected)
    #expect(told.count > 1 && told.last == 20_000 && told == told.sorted())
    try file.verify()
  }

  @Test("stops before the commit of an event that it can't apply, says so, and answers as of then")
  func poisoned() throws {
    try SampleLog.write(to: store)
    try store.append([.numbered(6), poison()], to: "a")
    try store.append([.numbered(7)], to: "b")
    let stopped = StoreNotice.projectionStopped(
      name: "deferred_tally", position: 7, problem: "it is poison")
    for _ in 0..<2 {
      let reader = try file.open(.readOnly)
      #expect(try tally(reader) == ["a": 3, "b": 2])
      #expect(file.notices.all.last == stopped)
    }
    let statuses = try store.read { try $0.projectionStatuses() }
    #expect(statuses[0].stoppedAt == 7 && statuses[0].checkpoint == 5 && statuses[0].lag == 3)
    #expect(statuses[0].problem == "it is poison")
    // Others go on.
    #expect(statuses[1].stoppedAt == nil && statuses[1].lag == 0)
    try file.verify()
    #expect(
      throws: RebuildError.stopped(
        name: "deferred_tally", position: 7, problem: "it is poison")
    ) { try store.rebuild([DeferredTally.self]) }
    #expect(try tally(store) == ["a": 3, "b": 2])
    // A program that can apply it goes on where this one stopped.
    let cured = try file.open(projections: [CuredTally.self, Tally.self])
    #expect(
      try cured.read(CuredTally.self) { tally, _ in try tally.counts() } == ["a": 5, "b": 3])
    #expect(try cured.read { try $0.projectionStatuses() }[0].stoppedAt == nil)
    try cured.verify()
  }

  @Test("answers from copies where it can't write, and the file stays as it is")
  func readOnly() throws {
    try SampleLog.write(to: store)
    _ = try tally(store)
    try store.append([.numbered(6)], to: "b")
    let blocker = try file.raw()
    try blocker.run("BEGIN IMMEDIATE")
    defer { try? blocker.run("ROLLBACK") }
    var configuration = file.configuration()
    configuration.busyTimeoutMilliseconds = 1
    let reader = try EventStore(path: file.path, access: .readOnly, configuration: configuration)
    #expect(try tally(reader) == ["a": 3, "b": 3])
    #expect(try stored() == [["a", "3"], ["b", "2"]])
  }

  @Test(
    "of another version is emptied by the next write, with a notice, and filled when it is asked")
  func outdated() throws {
    try SampleLog.write(to: store)
    _ = try tally(store)
    try file.raw().run("UPDATE projections SET version = 0 WHERE name = 'deferred_tally'")
    try file.open().append([.numbered(6)], to: "b")
    #expect(
      file.notices.all == [
        .projectionOutdated(name: "deferred_tally", why: "version 0 made it, and this is 1")
      ])
    #expect(try stored().isEmpty)
    #expect(try tally(file.open(.readOnly)) == ["a": 3, "b": 3])
    try file.verify()
  }

  @Test(
    "whose table is defined in another way is made anew",
    arguments: [
      "ALTER TABLE deferred_tally ADD COLUMN extra TEXT",
      "ALTER TABLE deferred_tally DROP COLUMN last_position",
      "ALTER TABLE tally ADD COLUMN extra TEXT",
    ])
  func otherTable(_ change: String) throws {
    try SampleLog.write(to: store)
    _ = try tally(store)
    try file.raw().run(change)
    try file.open().append([.numbered(6)], to: "b")
    #expect(file.notices.all.count == 1)
    #expect(try tally(file.open()) == ["a": 3, "b": 3])
    #expect(
      try file.raw().rows("SELECT stream_id, events FROM tally ORDER BY 1")
        == [["a", "3"], ["b", "3"]])
    try file.verify()
  }

  @Test("that becomes inline in a later version is rebuilt by the next write, and back is refused")
  func otherLifecycle() throws {
    try SampleLog.write(to: store)
    let later = try file.open(projections: [InlineTally.self, Tally.self])
    try later.append([.numbered(6)], to: "b")
    #expect(try stored() == [["a", "3"], ["b", "3"]])
    try later.verify()
    let newer = StoreFileError.projectionTooNew(
      name: "deferred_tally", version: 2, newestKnown: 1)
    #expect(throws: newer) { try tally(file.open(.readOnly)) }
    #expect(throws: newer) { try file.open().append([.numbered(7)], to: "a") }
    #expect(throws: newer) { try file.open().rebuild([DeferredTally.self]) }
    #expect(try stored() == [["a", "3"], ["b", "3"]])
  }

  @Test("that is live has nothing in the file, and is folded from whatever is asked for")
  func live() throws {
    try SampleLog.write(to: store)
    try store.read { log in
      let all = try log.fold(LiveTally.self, EventQuery()).events("Moved")
      let ofB = try log.fold(LiveTally.self, EventQuery(streamID: "b")).events("Moved")
      #expect(all == 4 && ofB == 2)
      #expect(try log.projection(LiveTally.self).events("Moved") == 4)
      #expect(try log.projectionStatuses()[2].lifecycle == "live")
    }
    #expect(
      try file.raw().value("SELECT count(*) FROM sqlite_schema WHERE name = 'live_tally'") == "0")
  }
}
