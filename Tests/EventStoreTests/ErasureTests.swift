import Testing

@testable import EventStore

@Suite("Erasing personal text")
struct ErasureTests {
  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore(projections: [Tally.self])
    store = try file.open()
    try SampleLog.write(to: store)
  }

  @Test("takes the texts and reasons that were named, and says so in a commit of its own")
  func erases() throws {
    let event = try store.erase(.positions([5, 1]))
    #expect(event.position == 6)
    #expect(event.streamID == "Book")
    #expect(event.commit.reason?.text == "asked")
    #expect(String(decoding: event.data, as: UTF8.self) == #"{"positions":[1,5],"reasons":[2,5]}"#)
    let erasure = try PersonalTextErased(event)
    #expect(erasure.positions == [1, 5])
    #expect(erasure.reasons == [2, 5])
    let events = try file.open(.readOnly).events()
    #expect(events.map(\.isTextErased) == [true, false, false, false, true, false])
    #expect(events.map(\.commit.isReasonErased) == [true, true, false, true, true, false])
    #expect(try file.raw().rows("SELECT position, field FROM personal_texts") == [["6", "reason"]])
    #expect(try file.verify().events == 6)
  }

  @Test("changes nothing else: every other row is the same, and so is the hash of every commit")
  func nothingElse() throws {
    let tables = StoreSchema.appendOnlyTables
    let before = try file.raw().contents(of: tables)
    let schema = try file.raw().rows("SELECT type, name, sql FROM sqlite_schema ORDER BY name")
    let texts = try file.raw().rows(
      "SELECT quote(salt), text FROM personal_texts WHERE position = 5 AND field <> 'reason'")
    try store.erase(.positions([1, 2]))
    let after = try file.raw().contents(of: tables)
    for table in tables where table != "personal_texts" {
      #expect(try #require(after[table]).starts(with: try #require(before[table])), "\(table)")
    }
    let kept = try file.raw().rows(
      "SELECT quote(salt), text FROM personal_texts WHERE position = 5 AND field <> 'reason'")
    #expect(kept == texts && kept.count == 1)
    #expect(
      try file.raw().rows("SELECT type, name, sql FROM sqlite_schema ORDER BY name") == schema)
    #expect(throws: RawError.self) { try file.raw().run("DELETE FROM personal_texts") }
  }

  @Test("of a stream takes all its texts and the reasons of its commits, and no neighbour's text")
  func stream() throws {
    let selected = try store.personalTexts(.stream("a"))
    #expect(selected.texts == [1])
    #expect(selected.reasons == [2, 5])
    try store.erase(.stream("a"))
    let texts = try store.events().map(\.personalText?.text)
    #expect(texts == [nil, nil, nil, nil, "dinner", nil])
    #expect(try store.personalTexts(.stream("nobody")) == SelectedTexts())
    try file.verify()
  }

  @Test("tells what was erased before, since when, and what never had text")
  func selection() throws {
    try store.erase(.positions([1]))
    try store.erase(.positions([5]))
    let selected = try store.personalTexts(.positions([9, 1, 3, 4, 5, 0]))
    #expect(selected.isErased)
    #expect(selected.erasedTexts == [1, 5])
    #expect(selected.erasedReasons == [2, 5])
    #expect(selected.withoutText == [3])
    #expect(selected.unknown == [0, 9])
    #expect(selected.lastErasedAt == 7)
    #expect(try store.personalTexts(.positions([1])).lastErasedAt == 6)
    // The reason of an erasure is personal text like any other.
    try store.erase(.positions([6]))
    #expect(try file.raw().rows("SELECT position FROM personal_texts") == [["7"], ["8"]])
    try file.verify()
  }

  @Test("is whole or not at all: an error later in the transaction takes it back, text and commit")
  func allOrNothing() throws {
    struct Interruption: Error {}
    let before = try file.raw().contents(of: StoreSchema.appendOnlyTables)
    #expect(throws: Interruption.self) {
      try store.write { transaction in
        try transaction.erase(
          try transaction.log.personalTexts(.stream("a")), recordingIn: "Book", NewCommit([]))
        throw Interruption()
      }
    }
    _ = try store.rehearse { transaction in
      try transaction.erase(
        try transaction.log.personalTexts(.stream("a")), recordingIn: "Book", NewCommit([]))
    }
    #expect(try file.raw().contents(of: StoreSchema.appendOnlyTables) == before)
    #expect(try file.verify().events == 5)
    // The same handle goes on, and erases.
    try store.erase(.stream("a"))
    #expect(try file.verify().events == 6)
  }

  @Test("is done by erasing alone: no append makes such an event")
  func reserved() throws {
    let event = NewEvent(type: "PersonalTextErased", version: 1, data: Array("{}".utf8))
    #expect(throws: AppendError.reservedEventType("PersonalTextErased")) {
      try store.append([event], to: "Book")
    }
    #expect(try store.head().position == 5)
  }

  @Test("is known to every catalog, and to a store in memory")
  func catalogs() async throws {
    file.catalog = EventCatalog([
      .init("Opened", version: 1), .init("Moved", version: 1),
    ])
    let known = try file.open()
    try known.erase(.positions([1]))
    #expect(try known.events().last?.type == "PersonalTextErased")
    let memory = try EventStore(inMemory: "m", configuration: file.configuration())
    try SampleLog.write(to: memory)
    try memory.erase(.positions([1, 4]))
    #expect(memory.clearLog() == nil)
    #expect(try memory.verify().events == 6)
    await #expect(processExitsWith: .failure) {
      _ = EventCatalog([.init("PersonalTextErased", version: 1)])
    }
  }

  @Test("of text inside the data of an older version is told as such")
  func textInData() throws {
    let upcaster = Upcaster(from: 1) { event in
      .init(data: event.data, personalText: .init(field: "description", text: "old"))
    }
    file.catalog = EventCatalog([
      .init("Opened", version: 1), .init("Moved", version: 2, upcasters: [upcaster]),
    ])
    let selected = try file.open().personalTexts(.stream("a"))
    #expect(selected.texts == [1])
    #expect(selected.textsInData == [2, 4])
  }

  @Test("has a payload that never changes: it is hashed and kept for decades")
  func frozen() throws {
    let erasure = PersonalTextErased(positions: [1, 30], reasons: [])
    #expect(
      String(decoding: erasure.data, as: UTF8.self) == #"{"positions":[1,30],"reasons":[]}"#)
    let event = try store.erase(.positions([3, 4].filter { $0 == 4 }))
    #expect(event.type == "PersonalTextErased")
    #expect(event.version == 1)
    #expect(try PersonalTextErased(event) == PersonalTextErased(positions: [], reasons: [5]))
  }
}
