import EventStore
import Testing

@Suite("Filters")
struct EventQueryFilterTests {
  let file: TestStore
  let store: EventStore
  let all: [RecordedEvent]

  private static let nfc = "caf\u{e9}"
  private static let nfd = "cafe\u{301}"

  /// Positions 1 to 10, one commit each, 10 µs apart.
  init() throws {
    file = try TestStore()
    store = try file.open()
    let log: [(stream: String, type: String, actor: String, correlation: String)] = [
      ("acct-1", "A", "alice", "c-1"), ("acct-10", "B", "alice", "c-1"),
      ("acct-2", "C", "Alice", "c-2"), ("xacct-1", "A", "alice ", "C-1"),
      ("ACCT-1", "B", "bob", "c-1 "), ("acct%1", "A", "alice", "c"),
      ("acct_1", Self.nfc, Self.nfc, Self.nfc), (Self.nfc, Self.nfd, Self.nfd, Self.nfd),
      (Self.nfd, "A", "alice", "c-1"), ("acct-1", "C", "bob", "c-2"),
    ]
    for (index, entry) in log.enumerated() {
      file.clock.micros += 10
      let event = NewEvent(
        type: entry.type, version: 1, data: NewEvent.numbered(index + 1).data)
      try store.append(
        NewCommit(
          appends: [
            StreamAppend(streamID: entry.stream, expectedVersion: .any, events: [event])
          ], actor: entry.actor, correlationID: entry.correlation))
    }
    all = try store.events()
  }

  private func positions(_ narrow: (inout EventQuery) -> Void) throws -> [Int64] {
    var query = EventQuery()
    narrow(&query)
    return try store.events(query).map(\.position)
  }

  @Test("by type: any of those named, to the byte; unknown ones and none at all give nothing")
  func types() throws {
    #expect(try positions { $0.types = ["A"] } == [1, 4, 6, 9])
    #expect(try positions { $0.types = ["C", "A", "A"] } == [1, 3, 4, 6, 9, 10])
    #expect(try positions { $0.types = ["a"] } == [])
    #expect(try positions { $0.types = ["Nope"] } == [])
    #expect(try positions { $0.types = ["Nope", "B"] } == [2, 5])
    #expect(try positions { $0.types = [] } == [])
    #expect(try positions { $0.types = [Self.nfc] } == [7])
    #expect(try positions { $0.types = [Self.nfd] } == [8])
  }

  @Test("by the beginning of the stream's name, to the byte and without wildcards")
  func streamPrefix() throws {
    #expect(try positions { $0.streamPrefix = "acct-1" } == [1, 2, 10])
    #expect(try positions { $0.streamPrefix = "acct-" } == [1, 2, 3, 10])
    #expect(try positions { $0.streamPrefix = "acct%" } == [6])
    #expect(try positions { $0.streamPrefix = "acct_" } == [7])
    #expect(try positions { $0.streamPrefix = "ACCT" } == [5])
    #expect(try positions { $0.streamPrefix = "cct" } == [])
    #expect(try positions { $0.streamPrefix = Self.nfc } == [8])
    #expect(try positions { $0.streamPrefix = Self.nfd } == [9])
    #expect(try positions { $0.streamPrefix = "caf" } == [8, 9])
    #expect(try positions { $0.streamPrefix = "" } == Array(1...10))
  }

  @Test("by stream and prefix together: both must hold")
  func streamAndPrefix() throws {
    #expect(try positions { ($0.streamID, $0.streamPrefix) = ("acct-1", "acct") } == [1, 10])
    #expect(try positions { ($0.streamID, $0.streamPrefix) = ("acct-1", "acct-10") } == [])
  }

  @Test("by who asked, to the byte")
  func actor() throws {
    #expect(try positions { $0.actor = "alice" } == [1, 2, 6, 9])
    #expect(try positions { $0.actor = "Alice" } == [3])
    #expect(try positions { $0.actor = "alice " } == [4])
    #expect(try positions { $0.actor = "ali" } == [])
    #expect(try positions { $0.actor = Self.nfd } == [8])
    #expect(try positions { $0.actor = "" } == [])
  }

  @Test("by correlation id, to the byte")
  func correlation() throws {
    #expect(try positions { $0.correlationID = "c-1" } == [1, 2, 9])
    #expect(try positions { $0.correlationID = "C-1" } == [4])
    #expect(try positions { $0.correlationID = "c-1 " } == [5])
    #expect(try positions { $0.correlationID = Self.nfc } == [7])
    #expect(try positions { $0.correlationID = "nobody's" } == [])
  }

  @Test("by recorded time, both ends included")
  func recordedTime() throws {
    let times = all.map(\.commit.header.recordedAtMicros)
    #expect(try positions { $0.recordedFromMicros = times[7] } == [8, 9, 10])
    #expect(try positions { $0.recordedFromMicros = times[7] + 1 } == [9, 10])
    #expect(try positions { $0.recordedFromMicros = times[7] - 1 } == [8, 9, 10])
    #expect(try positions { $0.recordedThroughMicros = times[1] } == [1, 2])
    #expect(try positions { $0.recordedThroughMicros = times[1] - 1 } == [1])
    func window(_ from: Int64, _ through: Int64) throws -> [Int64] {
      try positions { ($0.recordedFromMicros, $0.recordedThroughMicros) = (from, through) }
    }
    #expect(try window(times[3], times[5]) == [4, 5, 6])
    #expect(try window(times[3], times[3]) == [4])
    #expect(try window(times[5], times[3]) == [])
    #expect(try window(times[3] + 1, times[4] - 1) == [])
    #expect(try window(.min, .max) == Array(1...10))
    #expect(try window(.min, times[0] - 1) == [])
    #expect(try window(times[9] + 1, .max) == [])
  }

  @Test("by stream position, in one stream or in each")
  func streamPosition() throws {
    try store.append((1...5).map(NewEvent.numbered), to: "five")
    #expect(try positions { ($0.streamID, $0.afterStreamPosition) = ("five", 2) } == [14, 15])
    #expect(
      try positions {
        ($0.streamID, $0.afterStreamPosition, $0.throughStreamPosition) = ("five", 0, 3)
      } == [12, 13, 14])
    #expect(try positions { $0.afterStreamPosition = 0 } == [10, 12, 13, 14, 15])
    #expect(try positions { $0.afterStreamPosition = -1 } == Array(1...15))
    #expect(try positions { $0.afterStreamPosition = 4 } == [])
    #expect(try positions { $0.throughStreamPosition = -1 } == [])
  }
}
