import EventStore
import Testing

@Suite("An upcaster")
struct UpcasterTests {
  /// Why an upcaster of a test gives up.
  private struct Trouble: Error, CustomStringConvertible {
    let description = "the number is missing"
  }

  let file: TestStore

  init() throws { file = try TestStore() }

  @Test("is not asked about events of the current version: they come as they are stored")
  func untouched() throws {
    let asked = Asked()
    file.catalog = .numbered(version: 3, asked: asked)
    let store = try file.open()
    let data = Array(" {\"number\":1}\t".utf8)
    let events = [
      NewEvent(type: "Numbered", version: 3, data: data, personalText: .sample("text")),
      NewEvent(type: "Other", version: 1, data: Array("{}".utf8)),
    ]
    #expect(try store.append(events, to: "a") == (try store.events()))
    let read = try store.events()
    #expect(read.map(\.data) == events.map(\.data))
    #expect(read.map(\.upcastFrom) == [nil, nil])
    #expect(read.map(\.version) == [3, 1])
    #expect(asked.all == [])
  }

  @Test("sees everything about the event: its place, who asked, why, and on which clock")
  func metadata() throws {
    try SampleLog.write(to: file.open())
    let asked = Asked()
    let step = Upcaster(from: 1) { event in
      asked.add(event)
      return .init(data: event.data)
    }
    file.catalog = EventCatalog([
      .init("Opened", version: 2, upcasters: [step]), .init("Moved", version: 1),
    ])
    let events = try file.open().events()
    let seen = try #require(asked.all.first)
    #expect(asked.all.count == 1)
    #expect(seen.position == 1)
    #expect(seen.streamID == "a")
    #expect(seen.streamPosition == 0)
    #expect(seen.version == 1)
    #expect(seen.personalText == .sample("Alice A."))
    let header = seen.commit.header
    #expect(header.actor == "alice")
    #expect(header.correlationID == "c-1")
    #expect(header.causationID == "c-0")
    #expect(header.explicitEffectiveAtMicros == 5)
    #expect(header.recordedAtMicros == events[0].commit.header.recordedAtMicros)
    #expect(seen.commit == events[0].commit)
    #expect(seen.commit.reason?.text == "as agreed")
  }

  /// Reads `name` out of the data of version 1.
  private static let naming = EventCatalog([
    .init(
      "Named", version: 2,
      upcasters: [
        Upcaster(from: 1) { _ in
          .init(data: Array("{}".utf8), personalText: .init(field: "name", text: "from data"))
        }
      ])
  ])

  @Test("finds personal text in old data, where the event has none of its own")
  func personalText() throws {
    func event(_ text: PersonalText?) -> NewEvent {
      NewEvent(type: "Named", version: 1, data: Array("{}".utf8), personalText: text)
    }
    try file.open().append([event(nil), event(.sample("its own"))], to: "a")
    file.catalog = Self.naming
    let events = try file.open().events()
    #expect(events.map { $0.personalText?.text } == ["from data", "its own"])
    #expect(events.map { $0.personalText?.field } == ["name", "description"])
    #expect(events.map(\.personalDigest) == [nil, PersonalText.sample("its own").digest])
    try file.verify()
  }

  @Test("that throws stops the reader with position, type and version, after what came before")
  func failing() throws {
    try file.open().append([.numbered(1, version: 3), .numbered(2, version: 2)], to: "a")
    file.catalog = .numbered(version: 3, refusing: Trouble())
    let store = try file.open()
    let problem = "version 2 of 'Numbered' can't be upcast: the number is missing"
    let error = EventDecodingError(position: 2, problem: problem)
    var seen: [Int64] = []
    #expect(throws: error) {
      try store.read { try $0.forEachEvent(EventQuery()) { seen.append($0.position) } }
    }
    #expect(seen == [1])
    #expect(throws: error) { try store.read { try $0.event(at: 2) } }
    #expect(throws: error) { try store.read { try $0.commit(at: 1) } }
    #expect(throws: error) { try store.counter() }
    #expect(throws: error) { try store.verify() }
  }

  @Test("that names the trouble itself is passed on as it is")
  func failingByName() throws {
    try file.open().append([.numbered(1)], to: "a")
    let error = EventDecodingError(position: 77, problem: "as the upcaster says")
    file.catalog = .numbered(version: 2, refusing: error)
    #expect(throws: error) { try file.open().events() }
  }

  @Test("that throws refuses an append, and the transaction goes on as if nothing had been tried")
  func failingAppend() throws {
    file.catalog = .numbered(version: 2, refusing: Trouble())
    let store = try file.open()
    try store.append([.numbered(1, version: 2)], to: "a")
    let refused = StreamAppend(
      streamID: "a", expectedVersion: .any, events: [.numbered(2), .numbered(3)])
    let fine = StreamAppend(
      streamID: "a", expectedVersion: .exactly(0), events: [.numbered(4, version: 2)])
    let events = try store.write { transaction in
      #expect(throws: EventDecodingError.self) { try transaction.append(NewCommit([refused])) }
      return try transaction.append(NewCommit([fine]))
    }
    #expect(events.map(\.position) == [2])
    #expect(events.map(\.streamPosition) == [1])
    #expect(throws: EventDecodingError.self) { try store.append(NewCommit([refused])) }
    #expect(try file.raw().value("SELECT count(*) FROM recorded_events") == "2")
    try file.verify()
  }
}
