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
