import SQLite
import TestSupport
import Testing

@testable import EventStore

@Suite("An event that a deferred projection can't apply, wherever it stands")
struct StoppedProjectionTests {
  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore(projections: [Tally.self, DeferredTally.self, WordIndex.self])
    store = try file.open()
  }

  private static let poison = NewEvent(
    type: DeferredTally.poisonType, version: 1, data: Array("{}".utf8))

  private func tally(_ handle: EventStore) throws -> [String: Int64] {
    try handle.read(DeferredTally.self) { tally, _ in try tally.tally() }
  }

  private func status() throws -> ProjectionStatus {
    try #require(
      try store.read { try $0.projectionStatuses() }.first { $0.name == DeferredTally.name })
  }

  private func append(_ count: Int) throws {
    try store.write { transaction in
      for number in 0..<count {
        let append = StreamAppend(
          streamID: "s\(number % 2)", expectedVersion: .any, events: [.numbered(number)])
        try transaction.append(NewCommit([append]))
      }
    }
  }

  @Test(
    "the projection stands right before its commit, and goes on in a program that can apply it",
    arguments: [0, 1, 8_192, 9_000])
  func place(_ before: Int) throws {
    try append(before)
    try store.append([.numbered(1), Self.poison], to: "p")
    try append(500)
    let position = Int64(before) + 2
    let expected = [("s0", (before + 1) / 2), ("s1", before / 2)].filter { $0.1 > 0 }
      .map { ($0.0, Int64($0.1)) }
    // Asked three times: it tries again each time, and says so.
    for _ in 0..<3 {
      #expect(try tally(file.open(.readOnly)) == Dictionary(uniqueKeysWithValues: expected))
    }
    let stopped = StoreNotice.projectionStopped(
      name: "deferred_tally", position: position, problem: "it is poison")
    #expect(file.notices.all == [stopped, stopped, stopped])
    #expect(try (status().checkpoint, status().stoppedAt) == (Int64(before), position))
    #expect(try file.verify().events == before + 502)
    // An inline one, and another deferred one, see everything.
    #expect(try file.raw().value("SELECT sum(events) FROM tally") == "\(before + 502)")
    try store.catchUp(WordIndex.self, through: .max)
    #expect(try store.read { try $0.projectionStatuses() }.last?.lag == 0)
    let cured = try file.open(projections: [Tally.self, CuredTally.self, WordIndex.self])
    let total = try cured.read(CuredTally.self) { tally, _ in try tally.counts() }
      .values.reduce(0, +)
    #expect(total == before + 502)
    #expect(try (status().checkpoint, status().stoppedAt) == (Int64(before) + 502, nil))
    try cured.verify()
  }

  @Test("copies stop before it too, where nothing can be written")
  func inCopies() throws {
    try append(3)
    #expect(try tally(store) == ["s0": 2, "s1": 1])
    try append(1)
    try store.append([Self.poison], to: "p")
    let blocker = try file.raw()
    try blocker.run("BEGIN IMMEDIATE")
    defer { try? blocker.run("ROLLBACK") }
    var configuration = file.configuration()
    configuration.busyTimeoutMilliseconds = 1
    let reader = try EventStore(path: file.path, access: .readOnly, configuration: configuration)
    #expect(try tally(reader) == ["s0": 3, "s1": 1])
    #expect(
      file.notices.all == [
        .projectionStopped(name: "deferred_tally", position: 5, problem: "it is poison")
      ])
    #expect(try (status().checkpoint, status().stoppedAt) == (3, nil))
  }

  @Test("an event that the program doesn't know stops all deferred projections, by its name")
  func unknown() throws {
    try append(3)
    try store.append([NewEvent(type: "Novel", version: 1, data: Array("{}".utf8))], to: "n")
    try append(2)
    file.catalog = .numbered(version: 1)
    #expect(try tally(file.open(.readOnly)) == ["s0": 2, "s1": 1])
    let problem = """
      the event type 'Novel' is unknown to this version, which knows: Numbered, Other, \
      PersonalTextErased
      """
    #expect(
      file.notices.all == [
        .projectionStopped(name: "deferred_tally", position: 4, problem: problem)
      ])
    #expect(try (status().checkpoint, status().stoppedAt, status().lag) == (3, 4, 3))
    let rows = try file.raw().contents(of: ["tally", "deferred_tally"])
    for type in [Tally.self, DeferredTally.self] as [any Projection.Type] {
      #expect(throws: RebuildError.stopped(name: type.name, position: 4, problem: problem)) {
        try file.open().rebuild([type])
      }
    }
    #expect(try file.raw().contents(of: ["tally", "deferred_tally"]) == rows)
    file.catalog = nil
    #expect(try tally(file.open(.readOnly)) == ["n": 1, "s0": 3, "s1": 2])
    try file.verify()
  }

  /// `DeferredTally` as it was kept by a program in which it was inline.
  private struct EarlierTally: Projection {
    static let name = DeferredTally.name
    static let version = DeferredTally.version
    static let lifecycle = ProjectionLifecycle.inline
    static let tables = DeferredTally.tables

    private let tally: DeferredTally

    init(_ database: Database, in place: TablePlace) {
      tally = DeferredTally(database, in: place)
    }

    func apply(_ event: ProjectedEvent, _ log: ReadTransaction) throws {
      try tally.apply(event, log)
    }
  }

  @Test("an inline projection that becomes deferred is emptied, and filled when it is asked")
  func becomesDeferred() throws {
    let file = try TestStore(projections: [EarlierTally.self])
    try SampleLog.write(to: file.open())
    let later = try file.open(projections: [DeferredTally.self])
    try later.append([.numbered(6)], to: "b")
    #expect(
      file.notices.all == [
        .projectionOutdated(name: "deferred_tally", why: "it was inline, and is deferred now")
      ])
    #expect(try file.raw().value("SELECT count(*) FROM deferred_tally") == "0")
    #expect(try tally(later) == ["a": 3, "b": 3])
    try later.verify()
  }
}
