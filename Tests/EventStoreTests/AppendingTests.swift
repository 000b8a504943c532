import EventStore
import Testing

@Suite("Appending")
struct AppendingTests {
  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore()
    store = try file.open()
  }

  @Test("what was appended is what another handle reads, and what append returned")
  func roundTrip() throws {
    let event = NewEvent(
      type: "Noted", version: 3, data: Array("{ \"b\": 1,\"a\":\"💶\\u0000\" }".utf8),
      personalText: .sample("dinner 🍝 with e\u{301}\0"))
    let commit = NewCommit(
      appends: [StreamAppend(streamID: "notes", expectedVersion: .noStream, events: [event])],
      actor: "ämilie", correlationID: "c-1", causationID: "c-0",
      idempotency: .init(key: "k", fingerprint: Digest256(of: [1])),
      reason: .sample("because", field: "reason"), effectiveAtMicros: -1,
      otherMetadata: Array("{\"a\":1}".utf8))
    let returned = try store.append(commit)
    let read = try #require(try file.open().events().first)
    #expect(returned == [read])
    #expect((read.position, read.streamPosition) == (1, 0))
    #expect((read.streamID, read.type, read.version) == ("notes", "Noted", 3))
    #expect(read.data == event.data)
    #expect(read.personalText == event.personalText)
    #expect(read.personalDigest == event.personalText?.digest)
    #expect(read.commit.reason == commit.reason)
    let header = read.commit.header
    #expect((header.number, header.lastPosition) == (1, 1))
    #expect(header.recordedAtMicros == file.clock.micros)
    #expect((header.explicitEffectiveAtMicros, header.effectiveAtMicros) == (-1, -1))
    #expect((header.actor, header.correlationID) == ("ämilie", "c-1"))
    #expect((header.causationID, header.idempotencyKey) == ("c-0", "k"))
    #expect(header.fingerprint == Digest256(of: [1]))
    #expect(header.otherMetadata == commit.otherMetadata)
  }

  @Test("a commit that says nothing about itself counts when it was recorded")
  func absent() throws {
    let header = try #require(try store.append([.numbered(1)], to: "a").first).commit.header
    #expect(header.explicitEffectiveAtMicros == nil)
    #expect(header.effectiveAtMicros == header.recordedAtMicros)
    #expect((header.causationID, header.idempotencyKey) == (nil, nil))
    #expect((header.fingerprint, header.reasonDigest) == (nil, nil))
    #expect(header.otherMetadata == nil)
  }

  @Test("the next head is the commit's hash")
  func head() throws {
    let before = try store.head()
    let commit = try #require(try store.append([.numbered(1), .numbered(2)], to: "a").first).commit
    let head = try store.head()
    #expect(head.hash == commit.hash)
    #expect(head.hash != before.hash)
    #expect((head.commitNumber, head.position) == (1, 2))
    #expect(head.recordedAtMicros == commit.header.recordedAtMicros)
  }

  @Test(
    "an empty append is no commit and uses nothing up",
    arguments: [
      [], [StreamAppend(streamID: "new", expectedVersion: .noStream, events: [])],
      [
        StreamAppend(streamID: "new", expectedVersion: .any, events: []),
        StreamAppend(streamID: "a", expectedVersion: .exactly(0), events: []),
      ],
    ])
  func empty(_ appends: [StreamAppend]) throws {
    try store.append([.numbered(1)], to: "a")
    let before = try file.raw().contents(of: AppendingTests.tables)
    #expect(try store.append(NewCommit(appends, key: "unused")) == [])
    #expect(try file.raw().contents(of: AppendingTests.tables) == before)
    let next = try store.append(
      NewCommit(
        [
          StreamAppend(streamID: "new", expectedVersion: .noStream, events: [.numbered(2)])
        ], key: "unused"))
    #expect(next.map(\.position) == [2])
    #expect(next.map(\.commit.header.number) == [2])
  }

  @Test("an empty append checks what it expects all the same")
  func emptyButWrong() {
    let append = StreamAppend(streamID: "a", expectedVersion: .streamExists, events: [])
    let expected = AppendError.wrongExpectedVersion(
      streamID: "a", expected: .streamExists, actual: nil)
    #expect(throws: expected) { try store.append(NewCommit([append])) }
  }

  @Test("two streams in one commit share it and stand side by side in the log")
  func twoStreams() throws {
    try store.append([.numbered(0), .numbered(0), .numbered(0)], to: "a")
    let events = try store.append(
      NewCommit([
        StreamAppend(streamID: "a", expectedVersion: .exactly(2), events: [.numbered(1)]),
        StreamAppend(streamID: "b", expectedVersion: .noStream, events: [.numbered(2)]),
      ]))
    #expect(events.map(\.streamID) == ["a", "b"])
    #expect(events.map(\.position) == [4, 5])
    #expect(events.map(\.streamPosition) == [3, 0])
    #expect(events[0].commit == events[1].commit)
    #expect(events[0].commit.header.lastPosition == 5)
    #expect(try store.read { try $0.commit(at: 4) } == events)
    #expect(try store.read { try $0.commit(at: 5) } == events)
    #expect(try store.read { try $0.commit(at: 6) } == nil)
  }

  @Test("one stream named twice in a commit goes on where it was")
  func sameStreamTwice() throws {
    let append = StreamAppend(streamID: "a", expectedVersion: .any, events: [.numbered(1)])
    #expect(try store.append(NewCommit([append, append])).map(\.streamPosition) == [0, 1])
    try file.verify()
  }

  @Test("an event that stands in an append twice is two events, and what is returned is stored")
  func sameEventTwice() throws {
    let event = NewEvent.numbered(7)
    let returned = try store.append([event, event], to: "a", expecting: .noStream)
    #expect(returned.map(\.streamPosition) == [0, 1])
    #expect(returned.map(\.position) == [1, 2])
    #expect(returned.map(\.data) == [event.data, event.data])
    let fresh = try file.open(.readOnly)
    #expect(try fresh.events() == returned)
    #expect(try fresh.version(of: "a") == 1)
  }

  @Test("8,001 events in one append are 8,001 neighbours in one commit")
  func many() throws {
    let events = try store.append((1...8_001).map(NewEvent.numbered), to: "a")
    #expect(events.map(\.position) == Array(1...8_001))
    #expect(events.map(\.streamPosition) == Array(0...8_000))
    #expect(events.last?.commit.header.number == 1)
    let verified = try file.verify()
    #expect((verified.commits, verified.events) == (1, 8_001))
    #expect(verified.headHash == (try store.head().hash))
  }

  @Test("a read inside a write sees what it appended so far")
  func readInside() throws {
    try store.write { transaction in
      try transaction.append(NewCommit([Self.appending(nil)]))
      #expect(try store.events().map(\.position) == [1])
      #expect(try store.version(of: "a") == 0)
    }
    #expect(try store.events().count == 1)
  }

  /// One event for the stream "a".
  private static func appending(_ text: PersonalText?) -> StreamAppend {
    let event = NewEvent(type: "T", version: 1, data: Array("{}".utf8), personalText: text)
    return StreamAppend(streamID: "a", expectedVersion: .any, events: [event])
  }

  /// The tables of which nothing may change.
  static let tables = ["streams", "event_types", "actors", "commits", "recorded_events"]
}
