import EventStore
import Testing
import TestSupport

@Suite("Filters together")
struct EventQueryModelTests {
  let model: EventQueryModel

  init() throws { model = try EventQueryModel() }

  @Test("each condition alone lets some through and keeps others back", arguments: 0..<13)
  func alone(_ index: Int) throws {
    let middle = try #require(model.all.first { $0.position > 150 && $0.streamPosition > 20 })
    var query = EventQuery()
    EventQueryModel.conditions[index](&query, middle)
    let events = try model.store.events(query)
    #expect(events == model.expected(query))
    #expect((1..<model.all.count).contains(events.count))
  }

  @Test("in 400 combinations, in both orders and directions, with and without a limit")
  func combined() throws {
    var random = SeededRandom(seed: 9)
    var sizes: Set<Int> = []
    var narrowed: Set<Int> = []
    for _ in 0..<400 {
      var query = EventQuery()
      query.order = random.next() % 2 == 0 ? .recorded : .effective
      query.isReversed = random.next() % 2 == 0
      query.limit = [nil, nil, 1, 2, 17][Int(random.next() % 5)]
      for (index, narrow) in EventQueryModel.conditions.enumerated() where random.next() % 4 == 0 {
        let before = model.expected(query)
        narrow(&query, model.all[Int(random.next() % UInt64(model.all.count))])
        if model.expected(query) != before { narrowed.insert(index) }
      }
      let events = try model.store.events(query)
      #expect(events == model.expected(query), "\(query)")
      sizes.insert(events.count)
    }
    #expect(narrowed == Set(EventQueryModel.conditions.indices))
    #expect(sizes.count > 50)
  }

  @Test("the last position that was recorded by a moment, for every moment there is")
  func lastPositions() throws {
    let times = Set(model.all.map(\.commit.header.recordedAtMicros)).sorted()
    let moments = times.flatMap { [$0 - 1, $0, $0 + 1] } + [.min, 0, .max]
    for moment in moments {
      let expected = model.all.last { $0.commit.header.recordedAtMicros <= moment }?.position ?? 0
      #expect(try model.store.read { try $0.lastPosition(recordedThrough: moment) } == expected)
    }
    let empty = try EventStore(
      inMemory: "s", configuration: TestStore.configuration(clockMicros: 0))
    #expect(try empty.read { try $0.lastPosition(recordedThrough: .max) } == 0)
  }
}
