import EventStore
import Testing
import TestSupport

@Suite("Global positions")
struct PositionTests {
  private struct Stop: Error {}

  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore()
    store = try file.open()
  }

  @Test("positions are 1, 2, 3, … after any mix of successes, refusals and what was taken back")
  func dense() throws {
    for round in 0..<20 {
      let streamID = "s\(round % 3)"
      try store.append([.numbered(round), .numbered(round)], to: streamID)
      #expect(throws: AppendError.self) {
        try store.append([.numbered(0)], to: streamID, expecting: .noStream)
      }
      #expect(throws: Stop.self) {
        try store.write { transaction in
          try transaction.append(NewCommit(Self.appends(to: ["lost", streamID]), key: "lost"))
          throw Stop()
        }
      }
      let rehearsed = try store.rehearse { transaction in
        try transaction.append(NewCommit(Self.appends(to: ["tried"]), key: "tried"))
      }
      #expect(rehearsed.map(\.position) == [Int64(2 * round + 3)])
      try store.append([], to: streamID)
    }
    #expect(try store.events().map(\.position) == Array(1...40))
    #expect(try file.open().events().map(\.commit.header.number) == (2...41).map { $0 / 2 })
    #expect(try file.verify().commits == 20)
  }

  /// What a seeded step does to a store.
  private enum Step: CaseIterable {
    case append, severalStreams, empty, wrongVersion, usedKey, refusedByProjection, thrown,
      rehearsed
  }

  /// Takes a step on a store that has seen `commits` commits, the first of them under the key
  /// "used"; returns how many events it recorded, in one commit.
  private static func take(_ step: Step, _ store: EventStore, _ commits: Int) throws -> Int {
    let some = NewCommit(appends(to: ["a", "b"]))
    switch step {
    case .append: return try store.append([.numbered(commits)], to: "s\(commits % 3)").count
    case .severalStreams: return try store.append(some).count
    case .empty: return try store.append([], to: "a").count
    case .wrongVersion:
      #expect(throws: AppendError.self) {
        try store.append([.numbered(0)], to: "a", expecting: .exactly(Int64(2 * commits)))
      }
    case .usedKey:
      #expect(throws: AppendError.idempotencyKeyUsed(key: "used")) {
        try store.append(NewCommit(appends(to: ["a"]), key: "used"))
      }
    case .refusedByProjection:
      let refused = NewEvent(type: Tally.refusedType, version: 1, data: Array("{}".utf8))
      #expect(throws: Tally.Refusal.self) {
        try store.append([.numbered(0), refused], to: "lost-\(commits)")
      }
    case .thrown:
      #expect(throws: Stop.self) {
        try store.write { transaction in
          try transaction.append(some)
          throw Stop()
        }
      }
    case .rehearsed: try store.rehearse { _ = try $0.append(some) }
    }
    return 0
  }

  @Test(
    "after each of 200 steps, whatever its end, positions and commits are dense", arguments: [1, 2])
  func everyStep(_ seed: UInt64) throws {
    let file = try TestStore(projections: [Tally.self])
    let (store, raw) = (try file.open(), try file.raw())
    var random = SeededRandom(seed: seed)
    var (commits, events) = (1, 1)
    var taken: Set<Step> = []
    try store.append(NewCommit(Self.appends(to: ["a"]), key: "used"))
    for _ in 0..<200 {
      let step = try #require(Step.allCases.randomElement(using: &random))
      taken.insert(step)
      let recorded = try Self.take(step, store, commits)
      (commits, events) = (commits + (recorded > 0 ? 1 : 0), events + recorded)
      #expect(
        try raw.rows(
          """
          SELECT min(position), max(position), count(*), max(commit_number),
                 count(DISTINCT commit_number), (SELECT count(*) FROM commits)
            FROM recorded_events
          """) == [[1, events, events, commits, commits, commits].map { "\($0)" }], "\(step)")
    }
    #expect(taken.count == Step.allCases.count)
    #expect(try file.open(.readOnly).events().map(\.position) == (1...events).map(Int64.init))
    #expect(try file.verify().commits == commits)
  }

  /// One event for each stream.
  private static func appends(to streamIDs: [String]) -> [StreamAppend] {
    streamIDs.map {
      StreamAppend(streamID: $0, expectedVersion: .any, events: [.numbered(0)])
    }
  }

  @Test("what was taken back leaves no stream, type, actor or key behind")
  func nothingLeft() throws {
    try store.append([.numbered(1)], to: "a")
    let before = try file.raw().contents(of: AppendingTests.tables)
    var commit = NewCommit(Self.appends(to: ["lost"]), key: "lost")
    commit.actor = "nobody"
    commit.appends[0].events[0].type = "Lost"
    let lost = commit
    try store.rehearse { _ = try $0.append(lost) }
    #expect(throws: Stop.self) {
      try store.write { transaction in
        try transaction.append(lost)
        throw Stop()
      }
    }
    #expect(try file.raw().contents(of: AppendingTests.tables) == before)
    #expect(try store.version(of: "lost") == nil)
    #expect(try store.read { try $0.commit(idempotencyKey: "lost") } == nil)
    try store.append(lost)
    #expect(try store.version(of: "lost") == 0)
    try file.verify()
  }

  @Test("several commits in one transaction are all kept or all lost")
  func severalCommits() throws {
    try store.write { transaction in
      try transaction.append(NewCommit(Self.appends(to: ["a"])))
      try transaction.append(NewCommit(Self.appends(to: ["a", "b"])))
    }
    #expect(throws: Stop.self) {
      try store.write { transaction in
        try transaction.append(NewCommit(Self.appends(to: ["a"])))
        try transaction.append(NewCommit(Self.appends(to: ["b"])))
        throw Stop()
      }
    }
    #expect(try store.events().map(\.commit.header.number) == [1, 2, 2])
    #expect(try store.version(of: "a") == 1)
    try file.verify()
  }

  @Test(
    "a cut never splits a commit",
    arguments: zip(
      [0, 1, 2, 3, 4, 5, 6, 7, 100] as [Int64], [0, 1, 1, 1, 4, 5, 5, 7, 7] as [Int64]))
  func wholeCommits(_ position: Int64, _ expected: Int64) throws {
    for count in [1, 3, 1, 2] {
      try store.append((1...count).map(NewEvent.numbered), to: "a")
    }
    #expect(try store.read { try $0.wholeCommits(through: position) } == expected)
  }
}
