import EventStore
import Testing

@Suite("Reading a part of the log")
struct EventQueryTests {
  let file: TestStore
  let store: EventStore

  /// Positions 1 to 5 by recording; by effective time 3, 1, 5, 2, 4.
  init() throws {
    file = try TestStore()
    store = try file.open()
    for (index, effective) in [20, 40, 10, 40, 30].enumerated() {
      var commit = NewCommit([
        StreamAppend(
          streamID: index % 2 == 0 ? "a" : "b", expectedVersion: .any, events: [.numbered(index)])
      ])
      commit.effectiveAtMicros = Int64(effective)
      try store.append(commit)
    }
  }

  /// The positions that a query gives once `change` has narrowed it.
  private func positions(
    of streamID: String? = nil, _ change: (inout EventQuery) -> Void
  ) throws -> [Int64] {
    var query = EventQuery(streamID: streamID)
    change(&query)
    return try store.events(query).map(\.position)
  }

  @Test("positions bound from both sides: above one, up to the other")
  func window() throws {
    #expect(try positions { $0.after = 2 } == [3, 4, 5])
    #expect(try positions { $0.through = 2 } == [1, 2])
    #expect(try positions { ($0.after, $0.through) = (1, 4) } == [2, 3, 4])
    #expect(try positions(of: "a") { ($0.after, $0.through) = (1, 4) } == [3])
    #expect(try positions { ($0.after, $0.through) = (4, 1) } == [])
    #expect(try positions { $0.after = 5 } == [])
    #expect(try positions { $0.through = 0 } == [])
  }

  @Test("stream positions bound too")
  func streamPositions() throws {
    #expect(try positions(of: "a") { $0.throughStreamPosition = 1 } == [1, 3])
    #expect(try positions(of: "b") { $0.throughStreamPosition = 0 } == [2])
  }

  @Test("pages of two make the whole log, forwards and backwards", arguments: [false, true])
  func pages(_ isReversed: Bool) throws {
    var (pages, last): ([[Int64]], Int64?) = ([], nil)
    while pages.last?.isEmpty != true {
      pages.append(
        try positions { query in
          if isReversed { query.through = last.map { $0 - 1 } } else { query.after = last }
          (query.isReversed, query.limit) = (isReversed, 2)
        })
      last = pages.last?.last ?? last
    }
    #expect(pages == (isReversed ? [[5, 4], [3, 2], [1], []] : [[1, 2], [3, 4], [5], []]))
  }

  @Test("a limit of nothing gives nothing, a large one everything")
  func limits() throws {
    #expect(try positions { $0.limit = 0 } == [])
    #expect(try positions { $0.limit = 100 } == [1, 2, 3, 4, 5])
  }

  @Test("by effective time, then by position, and exactly the reverse")
  func effectiveOrder() throws {
    #expect(try positions { $0.order = .effective } == [3, 1, 5, 2, 4])
    #expect(try positions { ($0.order, $0.isReversed) = (.effective, true) } == [4, 2, 5, 1, 3])
    #expect(try positions(of: "a") { $0.order = .effective } == [3, 1, 5])
    #expect(try positions(of: "b") { ($0.order, $0.isReversed) = (.effective, true) } == [4, 2])
  }

  @Test("a window in effective time holds both its ends")
  func effectiveWindow() throws {
    #expect(try positions { $0.effectiveFromMicros = 30 } == [2, 4, 5])
    #expect(try positions { $0.effectiveThroughMicros = 30 } == [1, 3, 5])
    #expect(
      try positions { ($0.effectiveFromMicros, $0.effectiveThroughMicros) = (20, 30) } == [1, 5])
    #expect(try positions { $0.effectiveFromMicros = 41 } == [])
  }

  @Test("both clocks narrow together")
  func bothClocks() throws {
    let recorded = try store.events()[2].commit.header.recordedAtMicros
    #expect(try positions { $0.recordedThroughMicros = recorded } == [1, 2, 3])
    #expect(
      try positions { ($0.recordedThroughMicros, $0.effectiveThroughMicros) = (recorded, 30) }
        == [1, 3])
  }

  @Test("personal text can be left out, its digest stays")
  func withoutPersonalText() throws {
    let event = NewEvent(
      type: "T", version: 1, data: Array("{}".utf8), personalText: .sample("text"))
    try store.append([event], to: "c")
    var query = EventQuery(streamID: "c")
    #expect(try store.events(query).first?.personalText?.text == "text")
    query.includesPersonalText = false
    let bare = try #require(try store.events(query).first)
    #expect(bare.personalText == nil)
    #expect(bare.personalDigest == event.personalText?.digest)
  }
}
