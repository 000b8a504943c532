import EventStore
import Testing

@Suite("Pages of the log, forwards and backwards")
struct EventQueryPageTests {
  let model: EventQueryModel

  init() throws { model = try EventQueryModel() }

  @Test(
    "pages after one another make the whole, forwards and backwards, filtered or not",
    arguments: [1, 2, 7, 1_000], [false, true])
  func pages(_ limit: Int, _ isReversed: Bool) throws {
    for narrow: (inout EventQuery) -> Void in [
      { _ in }, { $0.streamID = "ab" }, { $0.types = ["A", "C"] }, { $0.streamPrefix = "b" },
      { ($0.actor, $0.types) = ("bob", ["B"]) },
    ] {
      var query = EventQuery()
      narrow(&query)
      query.isReversed = isReversed
      let whole = model.expected(query)
      query.limit = limit
      var pages: [[RecordedEvent]] = []
      repeat {
        let last = pages.last?.last?.position
        if isReversed { query.through = last.map { $0 - 1 } } else { query.after = last }
        pages.append(try model.store.events(query))
      } while pages.last?.isEmpty == false
      #expect(pages.flatMap(\.self) == whole)
      #expect(pages.dropLast(2).allSatisfy { $0.count == limit })
      #expect(!whole.isEmpty)
    }
  }

  @Test("backwards is the exact reverse, from outside the range too")
  func backwards() throws {
    for narrow: (inout EventQuery) -> Void in [
      { _ in }, { $0.streamID = "a" }, { $0.through = 9_999 }, { $0.through = 0 },
      { $0.after = 9_999 }, { $0.after = -5 }, { $0.order = .effective }, { $0.limit = 0 },
    ] {
      var query = EventQuery()
      narrow(&query)
      let forwards = try model.store.events(query)
      #expect(forwards == model.expected(query))
      query.isReversed = true
      #expect(try model.store.events(query) == forwards.reversed())
    }
  }

  @Test("a read ends with the event that is enough, and the next one begins anew")
  func enough() throws {
    let all = try model.store.events(EventQuery())
    for count in [1, 3, all.count, all.count + 1] {
      var seen: [RecordedEvent] = []
      try model.store.read { log in
        try log.readEvents(EventQuery()) { event in
          seen.append(event)
          return seen.count < count
        }
      }
      #expect(seen == Array(all.prefix(count)))
    }
  }

  @Test("the event at a position that nobody has is none", arguments: [.min, -1, 0, 99_999, .max])
  func nowhere(_ position: Int64) throws {
    #expect(try model.store.read { try $0.event(at: position) } == nil)
    #expect(try model.store.read { try $0.commit(at: position) } == nil)
    #expect(try model.store.read { try $0.event(at: 7) } == model.all[6])
  }
}
