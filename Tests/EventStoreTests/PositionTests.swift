import EventStore
import Testing

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
