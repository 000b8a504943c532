import EventStore
import Testing

@Suite("What a writer expects of a stream")
struct ExpectedVersionTests {
  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore()
    store = try file.open()
    try store.append((0...3).map(NewEvent.numbered), to: "three", expecting: .noStream)
  }

  @Test(
    "a wrong expectation names stream, expected and actual, and nothing is written",
    arguments: [
      ("three", ExpectedVersion.noStream, Int64?.some(3)), ("three", .exactly(0), 3),
      ("three", .exactly(2), 3), ("three", .exactly(4), 3), ("three", .exactly(-1), 3),
      ("three", .exactly(.max), 3), ("none", .streamExists, nil), ("none", .exactly(0), nil),
      ("none", .exactly(1), nil), ("none", .exactly(-1), nil),
    ])
  func refused(_ streamID: String, _ expected: ExpectedVersion, _ actual: Int64?) throws {
    let before = try file.raw().contents(of: AppendingTests.tables)
    let error = AppendError.wrongExpectedVersion(
      streamID: streamID, expected: expected, actual: actual)
    #expect(throws: error) { try store.append([.numbered(9)], to: streamID, expecting: expected) }
    #expect(try file.raw().contents(of: AppendingTests.tables) == before)
    #expect(try store.version(of: streamID) == actual)
    #expect(try store.append([.numbered(9)], to: "three", expecting: .exactly(3))[0].position == 5)
  }

  @Test(
    "a right expectation is accepted",
    arguments: [
      ("three", ExpectedVersion.exactly(3), Int64(4)), ("three", .streamExists, 4),
      ("three", .any, 4), ("none", .noStream, 0), ("none", .any, 0),
    ])
  func accepted(_ streamID: String, _ expected: ExpectedVersion, _ position: Int64) throws {
    let events = try store.append([.numbered(9)], to: streamID, expecting: expected)
    #expect(events.map(\.streamPosition) == [position])
    #expect(try store.version(of: streamID) == position)
  }

  @Test("batches go on from each other: 1, 2 and 3 events")
  func batches() throws {
    try store.append([.numbered(1)], to: "new", expecting: .noStream)
    try store.append([.numbered(2), .numbered(3)], to: "new", expecting: .exactly(0))
    try store.append((4...6).map(NewEvent.numbered), to: "new", expecting: .exactly(2))
    #expect(try store.version(of: "new") == 5)
    let events = try store.events(EventQuery(streamID: "new"))
    #expect(events.map(\.streamPosition) == Array(0...5))
    #expect(events.map(\.data) == (1...6).map { NewEvent.numbered($0).data })
  }

  @Test("expecting anything, batches of 3, 2 and 1 events go on from each other too")
  func batchesWithoutExpectation() throws {
    let positions = try [1...3, 4...5, 6...6].map { numbers in
      try store.append(numbers.map(NewEvent.numbered), to: "new").map(\.streamPosition)
    }
    #expect(positions == [[0, 1, 2], [3, 4], [5]])
    let fresh = try file.open(.readOnly)
    #expect(try fresh.version(of: "new") == 5)
    let events = try fresh.events(EventQuery(streamID: "new"))
    #expect(events.map(\.data) == (1...6).map { NewEvent.numbered($0).data })
  }

  @Test(
    "of several streams the wrong one is named, wherever it stands",
    arguments: [["wrong", "three", "new"], ["three", "wrong", "new"], ["new", "three", "wrong"]])
  func severalStreams(_ order: [String]) throws {
    try store.append([.numbered(0)], to: "wrong")
    let before = try file.raw().contents(of: AppendingTests.tables)
    let expected: [String: ExpectedVersion] = [
      "three": .exactly(3), "new": .noStream, "wrong": .exactly(1),
    ]
    let appends = order.map { streamID in
      StreamAppend(
        streamID: streamID, expectedVersion: expected[streamID] ?? .any, events: [.numbered(1)])
    }
    let error = AppendError.wrongExpectedVersion(
      streamID: "wrong", expected: .exactly(1), actual: 0)
    #expect(throws: error) { try store.append(NewCommit(appends)) }
    #expect(try file.raw().contents(of: AppendingTests.tables) == before)
    #expect(try store.version(of: "three") == 3)
    #expect(try store.version(of: "new") == nil)
  }

  /// Two events on `streamID` for each expectation; before the last of them, two on another stream.
  private static func commit(_ streamID: String, expecting expected: [ExpectedVersion]) -> NewCommit
  {
    let events = [NewEvent.numbered(1), .numbered(2)]
    var appends = expected.map {
      StreamAppend(streamID: streamID, expectedVersion: $0, events: events)
    }
    appends.insert(
      StreamAppend(streamID: "between", expectedVersion: .noStream, events: events),
      at: appends.count - 1)
    return NewCommit(appends, key: "k")
  }

  @Test(
    "of a stream that stands in a commit twice, the second expectation is of what the first leaves",
    arguments: [
      ("new", [ExpectedVersion.noStream, .noStream], Int64?.none), ("new", [.any, .noStream], nil),
      ("new", [.noStream, .exactly(0)], nil), ("new", [.noStream, .exactly(1), .exactly(1)], nil),
      ("three", [.exactly(3), .exactly(3)], 3), ("three", [.any, .exactly(4)], 3),
    ])
  func contradicting(
    _ streamID: String, _ expected: [ExpectedVersion], _ version: Int64?
  ) throws {
    let before = try file.raw().contents(of: AppendingTests.tables)
    let appended = Int64(2 * (expected.count - 1))
    let error = AppendError.wrongExpectedVersion(
      streamID: streamID, expected: expected[expected.count - 1],
      actual: (version ?? -1) + appended)
    #expect(throws: error) { try store.append(Self.commit(streamID, expecting: expected)) }
    #expect(try file.raw().contents(of: AppendingTests.tables) == before)
    #expect(try store.version(of: streamID) == version)
  }

  @Test(
    "a stream may stand in a commit twice, each time as the commit has left it",
    arguments: [
      [ExpectedVersion.noStream, .exactly(1)], [.noStream, .streamExists, .exactly(3)],
      [.any, .any],
    ])
  func goingOn(_ expected: [ExpectedVersion]) throws {
    let events = try store.append(Self.commit("new", expecting: expected))
    let own = events.filter { $0.streamID == "new" }.map(\.streamPosition)
    #expect(own == (0..<2 * expected.count).map(Int64.init))
    #expect(Set(events.map(\.commit.header.number)) == [2])
    #expect(try file.open().events(EventQuery(streamID: "new")).map(\.streamPosition) == own)
    try file.verify()
  }

  @Test("within one transaction an append sees the one before, and a refusal leaves it standing")
  func twoAppends() throws {
    let append = { StreamAppend(streamID: "new", expectedVersion: $0, events: [.numbered(1)]) }
    try store.write { transaction in
      try transaction.append(NewCommit([append(.noStream)]))
      let error = AppendError.wrongExpectedVersion(
        streamID: "new", expected: .noStream, actual: 0)
      #expect(throws: error) { try transaction.append(NewCommit([append(.noStream)])) }
      try transaction.append(NewCommit([append(.exactly(0))]))
      #expect(try transaction.log.version(of: "new") == 1)
      #expect(transaction.head.position == 6)
    }
    #expect(try file.verify().commits == 3)
  }

  @Test(
    "an expectation reads back from what it prints",
    arguments: [ExpectedVersion.noStream, .streamExists, .any, .exactly(0), .exactly(.max)])
  func text(_ expected: ExpectedVersion) {
    #expect(ExpectedVersion(expected.description) == expected)
  }

  @Test(
    "nothing else is an expectation",
    arguments: ["", "-1", "+1", "01", " 1", "1.0", "None", "nostream", "9223372036854775808", "١"])
  func otherText(_ text: String) {
    #expect(ExpectedVersion(text) == nil)
  }
}
