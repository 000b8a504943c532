import EventStore
import Testing

@Suite("Streams are told apart byte by byte")
struct StreamNameTests {
  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore()
    store = try file.open()
  }

  private static let nfc = "caf\u{e9}"
  private static let nfd = "cafe\u{301}"

  /// The bytes of `text`: Swift's own comparison takes NFC and NFD for the same.
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test(
    "names that look alike are streams of their own",
    arguments: [
      ["a", "A", "a ", " a", "a\u{0}", "a\n", "", "ａ"], ["%", "_", "*", "'", "\"", "a%", "a_"],
      [String(repeating: "x", count: 1_000), String(repeating: "x", count: 999) + "y"], ["🏦", "🏧"],
    ])
  func isolated(_ names: [String]) throws {
    for (index, name) in names.enumerated() {
      let events = (0...index).map(NewEvent.numbered)
      try store.append(events, to: name, expecting: .noStream)
    }
    for handle in [store, try file.open()] {
      for (index, name) in names.enumerated() {
        #expect(try handle.version(of: name) == Int64(index))
        let events = try handle.events(EventQuery(streamID: name))
        #expect(events.count == index + 1)
        #expect(events.allSatisfy { bytes($0.streamID) == bytes(name) })
      }
    }
    try file.verify()
  }

  @Test(
    "no name is reserved for the whole log", arguments: ["$all", "all", "*", "%", "$", "Book", ""])
  func nothingReserved(_ name: String) throws {
    try store.append([.numbered(1)], to: "other")
    try store.append([.numbered(2), .numbered(3)], to: name, expecting: .noStream)
    try store.append([.numbered(4)], to: "other", expecting: .exactly(0))
    let fresh = try file.open(.readOnly)
    #expect(try fresh.version(of: name) == 1)
    #expect(try fresh.events(EventQuery(streamID: name)).map(\.position) == [2, 3])
    #expect(try fresh.events().map(\.position) == [1, 2, 3, 4])
    try file.verify()
  }

  @Test("a composed and a decomposed letter make two streams (NFC, NFD)")
  func normalization() throws {
    try store.append([.numbered(1), .numbered(2)], to: Self.nfc, expecting: .noStream)
    try store.append([.numbered(3)], to: Self.nfd, expecting: .noStream)
    let fresh = try file.open()
    #expect(try fresh.version(of: Self.nfc) == 1)
    #expect(try file.open().version(of: Self.nfd) == 0)
    let stored = try fresh.events().map { bytes($0.streamID) }
    #expect(stored == [bytes(Self.nfc), bytes(Self.nfc), bytes(Self.nfd)])
    try file.verify()
  }

  @Test("asking for one form of a name does not answer for the other")
  func normalizationOfReads() throws {
    try store.append([.numbered(1)], to: Self.nfc)
    #expect(try store.version(of: Self.nfd) == nil)
    #expect(try store.events(EventQuery(streamID: Self.nfd)) == [])
  }

  @Test("types and actors are told apart byte by byte too")
  func typesAndActors() throws {
    for name in [Self.nfc, Self.nfd, "a", "A"] {
      try store.append(
        NewCommit(
          appends: [
            StreamAppend(
              streamID: "s", expectedVersion: .any,
              events: [NewEvent(type: name, version: 1, data: bytes("{}"))])
          ], actor: name, correlationID: "c"))
    }
    let events = try file.open().events()
    let expected = [Self.nfc, Self.nfd, "a", "A"].map(bytes)
    #expect(events.map { bytes($0.type) } == expected)
    #expect(events.map { bytes($0.commit.header.actor) } == expected)
    try file.verify()
  }

  @Test("a stream's events come without its neighbours'")
  func filtered() throws {
    try store.append([.numbered(1)], to: "a")
    try store.append([.numbered(2)], to: "b")
    try store.append([.numbered(3)], to: "a")
    #expect(try store.events(EventQuery(streamID: "a")).map(\.position) == [1, 3])
    #expect(try store.events(EventQuery(streamID: "b")).map(\.position) == [2])
    #expect(try store.events(EventQuery(streamID: "c")) == [])
    #expect(try store.events().count == 3)
  }
}
