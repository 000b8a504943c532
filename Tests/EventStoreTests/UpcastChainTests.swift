import EventStore
import Testing

@Suite("Upcasters lead step by step from each stored version to the current one")
struct UpcastChainTests {
  let file: TestStore

  init() throws { file = try TestStore() }

  /// Appends to stream a as a build that wrote `version`.
  private func append(_ number: Int, version: Int64) throws {
    file.catalog = .numbered(version: version)
    try file.open().append([.numbered(number, version: version)], to: "a")
  }

  @Test("from the first version and from each in between")
  func everyVersion() throws {
    for version in 1...4 { try append(version, version: Int64(version)) }
    let asked = Asked()
    file.catalog = .numbered(version: 4, asked: asked)
    let events = try file.open().events()
    #expect(events.map(\.text) == (1...4).map { "{\"number\":\($0),\"steps\":[1,2,3]}" })
    #expect(events.map(\.version) == [4, 4, 4, 4])
    #expect(events.map(\.upcastFrom) == [1, 2, 3, nil])
    #expect(asked.all.map(\.position) == [1, 1, 1, 2, 2, 3])
    #expect(asked.all.map(\.version) == [1, 2, 3, 2, 3, 3])
  }

  @Test("each build between sees its own version, and refuses what is newer")
  func everyBuild() throws {
    for version in 1...4 { try append(version, version: Int64(version)) }
    for version in Int64(1)...4 {
      file.catalog = .numbered(version: version)
      var query = EventQuery()
      query.through = version
      let events = try file.open().events(query)
      #expect(events.allSatisfy { $0.version == version })
      #expect(events.map(\.upcastFrom) == (1...version).map { $0 == version ? nil : $0 })
      guard version < 4 else { continue }
      let error = #expect(throws: EventDecodingError.self) { try file.open().events() }
      #expect(error?.position == version + 1)
    }
  }

  @Test("a stream of all versions adds up to the same as one of the current version")
  func mixed() throws {
    for number in 1...20 { try append(number, version: Int64(number % 4 + 1)) }
    file.catalog = .numbered(version: 4)
    let other = try TestStore()
    other.catalog = file.catalog
    for number in 1...20 { try other.open().append([.numbered(number, version: 4)], to: "a") }
    let (mixed, current) = (try file.open(), try other.open())
    #expect(try mixed.counter().state == Counter(sum: 210, count: 20))
    #expect(try mixed.counter().state == (try current.counter().state))
    #expect(try mixed.events().map(\.data) == (try current.events().map(\.data)))
  }

  @Test(
    "a snapshot of an older or newer state is ignored and replaced, whatever version the events have",
    arguments: [-1, 0, 2, 3] as [Int64])
  func snapshots(_ stateVersion: Int64) throws {
    for number in 1...8 { try append(number, version: Int64(number % 4 + 1)) }
    file.catalog = .numbered(version: 4)
    try file.plant(Counter(sum: 1_000, count: 6).bytes, at: 5, stateVersion: stateVersion)
    let store = try file.open()
    let loaded = try store.counter()
    #expect(loaded.state == Counter(sum: 36, count: 8))
    #expect(loaded.eventsFolded == 8)
    #expect(file.notices.all.count == 1)
    try store.addOnes(1)
    #expect(try file.snapshots() == [8])
    #expect(try file.open().counter().eventsFolded == 0)
    #expect(try file.open().counter().state == Counter(sum: 37, count: 9))
  }

  @Test("the oldest version may be a later one: what was never released needs no upcaster")
  func laterStart() throws {
    let type = EventCatalog.EventType(
      "Numbered", version: 4, upcasters: [Upcaster(from: 3) { .init(data: $0.data) }])
    #expect(type.oldestVersion == 3)
    for version in 2...4 { try append(version, version: Int64(version)) }
    file.catalog = EventCatalog([type])
    let store = try file.open()
    let problem = "version 2 of 'Numbered' is unknown to this version, which knows 3 to 4"
    #expect(throws: EventDecodingError(position: 1, problem: problem)) { try store.events() }
    var query = EventQuery()
    query.after = 1
    #expect(try store.events(query).map(\.upcastFrom) == [3, nil])
  }

  @Test("a chain with a gap, one that ends early, and a type that stands twice are mistakes")
  func brokenChains() async {
    await #expect(processExitsWith: .failure) {
      let steps = [1, 3].map { from in Upcaster(from: from) { .init(data: $0.data) } }
      _ = EventCatalog.EventType("T", version: 4, upcasters: steps)
    }
    await #expect(processExitsWith: .failure) {
      let step = Upcaster(from: 1) { .init(data: $0.data) }
      _ = EventCatalog.EventType("T", version: 3, upcasters: [step])
    }
    await #expect(processExitsWith: .failure) {
      _ = EventCatalog([.init("T", version: 1), .init("T", version: 1)])
    }
    await #expect(processExitsWith: .success) {
      let steps = [1, 2].map { from in Upcaster(from: from) { .init(data: $0.data) } }
      _ = EventCatalog([.init("T", version: 3, upcasters: steps), .init("U", version: 1)])
    }
  }
}
