import EventStore
import Testing

@Suite("An event that this build doesn't know")
struct UnreadableEventTests {
  let file: TestStore
  let store: EventStore

  static let newer = "version 5 of 'Numbered' is unknown to this version, which knows 1 to 4"
  static let unknown =
    "the event type 'Novel' is unknown to this version, which knows: Numbered, Other, "
    + "PersonalTextErased"

  /// Streams a and b take turns; the third event, in stream a, is from a later build.
  init() throws {
    file = try TestStore(projections: [Register.self])
    let later = try file.open()
    for number in 1...5 {
      let version: Int64 = number == 3 ? 5 : Int64(number % 4 + 1)
      try later.append([.numbered(number, version: version)], to: number % 2 == 0 ? "b" : "a")
    }
    file.catalog = .numbered(version: 4)
    store = try file.open()
  }

  private let error = EventDecodingError(position: 3, problem: newer)

  @Test("stops the reader with its name, and nothing after it is delivered")
  func stops() throws {
    for isReversed in [false, true] {
      var query = EventQuery()
      query.isReversed = isReversed
      var seen: [Int64] = []
      #expect(throws: error) {
        try store.read { try $0.forEachEvent(query) { seen.append($0.position) } }
      }
      #expect(seen == (isReversed ? [5, 4] : [1, 2]))
    }
    #expect(throws: error) { try store.read { try $0.event(at: 3) } }
    #expect(throws: error) { try store.read { try $0.commit(at: 3) } }
    #expect(throws: error) { try store.counter() }
    #expect(throws: error) { try store.verify() }
  }

  @Test("keeps nobody from other streams, or from what came before")
  func others() throws {
    #expect(try store.events(EventQuery(streamID: "b")).map(\.position) == [2, 4])
    #expect(try store.counter("b").state == Counter(sum: 6, count: 2))
    #expect(try store.counter { $0.through = 2 }.state == Counter(sum: 1, count: 1))
  }

  @Test("refuses a command on its stream; nothing is written")
  func refusesCommand() throws {
    let before = try file.raw().contents(of: AppendingTests.tables)
    #expect(throws: error) { try store.addOnes(1) }
    #expect(try file.raw().contents(of: AppendingTests.tables) == before)
  }

  @Test("refuses a rebuild, and so whatever needs one; the projection stays as it was")
  func refusesRebuild() throws {
    try file.raw().run("UPDATE projections SET version = 0")
    let tables = AppendingTests.tables + ["register", "projections"]
    let before = try file.raw().contents(of: tables)
    #expect(throws: error) { try store.append([.numbered(6)], to: "b") }
    #expect(try file.raw().contents(of: tables) == before)
  }

  @Test("of an unknown type names the type, and those that are known")
  func unknownType() throws {
    file.catalog = nil
    try file.open().append([NewEvent(type: "Novel", version: 1, data: [0x7b, 0x7d])], to: "c")
    file.catalog = .numbered(version: 4)
    #expect(throws: EventDecodingError(position: 6, problem: Self.unknown)) {
      try file.open().events(EventQuery(streamID: "c"))
    }
  }

  @Test(
    "is not appended: it could not be read back",
    arguments: [
      ("Numbered", 5, newer),
      ("Numbered", 0, "version 0 of 'Numbered' is unknown to this version, which knows 1 to 4"),
      ("Numbered", -1, "version -1 of 'Numbered' is unknown to this version, which knows 1 to 4"),
      ("Other", 2, "version 2 of 'Other' is unknown to this version, which knows 1 to 1"),
      ("Novel", 1, unknown),
      (
        "numbered", 1,
        "the event type 'numbered' is unknown to this version, which knows: Numbered, Other, "
          + "PersonalTextErased"
      ),
    ] as [(String, Int64, String)])
  func notAppended(_ type: String, _ version: Int64, _ problem: String) throws {
    let tables = AppendingTests.tables + ["register", "projections"]
    let before = try file.raw().contents(of: tables)
    let unknown = NewEvent(type: type, version: version, data: Array("{}".utf8))
    let append = StreamAppend(
      streamID: "new", expectedVersion: .any, events: [.numbered(1), unknown])
    #expect(throws: AppendError.unknownEvent(problem: problem)) {
      try store.append(NewCommit([append], key: "k"))
    }
    #expect(try file.raw().contents(of: tables) == before)
    #expect(try store.version(of: "new") == nil)
    #expect(try store.append([.numbered(1)], to: "new").map(\.position) == [6])
  }
}
