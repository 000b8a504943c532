import Testing

@testable import EventStore

@Suite("Upcasting leaves what is stored as it is")
struct UpcastBytesTests {
  let file: TestStore

  init() throws {
    file = try TestStore(projections: [Register.self])
    file.catalog = .numbered(version: 1)
    let spaced = NewEvent(
      type: "Numbered", version: 1, data: Array(" { \"number\" : 7 , \"é\" : 1e2 } ".utf8),
      personalText: .sample("text"))
    try file.open().append([.numbered(1), spaced], to: "a")
  }

  /// Every row that counts.
  private func contents() throws -> [String: [[String?]]] {
    try file.raw().contents(of: StoreSchema.appendOnlyTables)
  }

  @Test("reading changes no byte, and the hash chain covers the bytes as stored")
  func unchanged() throws {
    let (before, head) = (try contents(), try file.open().head())
    file.catalog = .numbered(version: 4)
    let store = try file.open()
    #expect(try store.events().map(\.version) == [4, 4])
    #expect(try store.counter { $0.through = 1 }.eventsFolded == 1)
    #expect(try store.read { try $0.commit(at: 1) }?.count == 2)
    #expect(try contents() == before)
    #expect(try store.head() == head)
    try file.raw().run("UPDATE projections SET version = 0")
    try store.write { _ in }
    #expect(try store.verify().headHash == head.hash)
    #expect(try contents() == before)
  }

  @Test("a raw query gives type, version and bytes as stored, even of types nobody knows")
  func raw() throws {
    let stored = try file.open().events()
    for catalog in [EventCatalog.numbered(version: 4), EventCatalog([.init("Else", version: 1)])] {
      file.catalog = catalog
      var query = EventQuery()
      query.isRaw = true
      let events = try file.open().events(query)
      #expect(events == stored)
      #expect(events.map(\.text) == ["{\"number\":1}", " { \"number\" : 7 , \"é\" : 1e2 } "])
      #expect(events.map(\.version) == [1, 1])
      #expect(events.map(\.upcastFrom) == [nil, nil])
      query.types = ["Numbered"]
      #expect(try file.open().events(query) == stored)
    }
  }

  @Test("an append of an old version is stored as it is, and nobody ever sees it so")
  func appendedOld() throws {
    file.catalog = .numbered(version: 4)
    let store = try file.open()
    let returned = try store.append([.numbered(9), .numbered(9, version: 3)], to: "b")
    let upcast = "{\"number\":9,\"steps\":[1,2,3]}"
    #expect(returned.map(\.text) == [upcast, upcast])
    #expect(returned.map(\.upcastFrom) == [1, 3])
    #expect(try file.open().events(EventQuery(streamID: "b")) == returned)
    #expect(
      try file.raw().rows("SELECT version, data FROM register WHERE position > 2")
        == [["4", upcast], ["4", upcast]])
    #expect(
      try file.raw().rows("SELECT event_version, data FROM recorded_events WHERE position > 2")
        == [["1", "{\"number\":9}"], ["3", "{\"number\":9,\"steps\":[1,2]}"]])
    #expect(try store.read { try $0.load(Counter.self, "b") }.state.sum == 18)
    var raw = EventQuery()
    (raw.isRaw, raw.after) = (true, 2)
    let digests = try store.events(raw).map(\.digest)
    let first = try #require(try store.read { try $0.commit(at: 1) }?.first)
    #expect(
      try store.head().hash
        == HashChain.commit(
          after: first.commit.hash, returned[0].commit.header, events: digests))
  }

  @Test("a build without a catalog sees every version as stored")
  func withoutCatalog() throws {
    file.catalog = .numbered(version: 4)
    try file.open().append([.numbered(9, version: 3)], to: "b")
    file.catalog = nil
    let store = try file.open()
    #expect(try store.events().map(\.version) == [1, 1, 3])
    #expect(try store.events().allSatisfy { $0.upcastFrom == nil })
    try store.append([NewEvent(type: "Anything", version: 77, data: Array("{}".utf8))], to: "c")
    #expect(try store.events().last?.version == 77)
  }
}
