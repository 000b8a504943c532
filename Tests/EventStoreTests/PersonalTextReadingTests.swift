import Testing
import TestSupport

@testable import EventStore

@Suite("Reading personal text")
struct PersonalTextReadingTests {
  let file: TestStore
  let store: EventStore
  /// The text that belongs to each position, from 1 on.
  let texts: [String?]
  let reasons: [String?]

  /// 400 events in two streams: stretches with text, stretches without, and reasons between them.
  init() throws {
    file = try TestStore()
    store = try file.open()
    var random = SeededRandom(seed: 31)
    var (texts, reasons): ([String?], [String?]) = ([], [])
    for index in 0..<400 {
      file.clock.micros += 1
      let isDense = index / 50 % 2 == 0
      let hasText = Int.random(in: 0..<(isDense ? 2 : 40), using: &random) == 0
      texts.append(hasText ? "text \(index)" : nil)
      reasons.append(Bool.random(using: &random) ? "reason \(index)" : nil)
      var event = NewEvent.numbered(index)
      event.personalText = texts[index].map { .sample($0) }
      let stream = Int.random(in: 0..<3, using: &random) == 0 ? "rare" : "often"
      try store.append(
        NewCommit(
          [StreamAppend(streamID: stream, expectedVersion: .any, events: [event])],
          reason: reasons[index].map { .sample($0, field: "reason") }))
    }
    (self.texts, self.reasons) = (texts, reasons)
  }

  private func expectOwnTexts(_ events: [RecordedEvent]) {
    #expect(!events.isEmpty)
    for event in events {
      #expect(event.personalText?.text == texts[Int(event.position) - 1])
      #expect(event.commit.reason?.text == reasons[Int(event.position) - 1])
    }
  }

  @Test("gives each event its own, in every order, direction and selection")
  func everyOrder() throws {
    for narrow: (inout EventQuery) -> Void in [
      { _ in }, { $0.streamID = "rare" }, { $0.streamPrefix = "rare" }, { $0.after = 77 },
      { $0.order = .effective }, { $0.limit = 3 }, { ($0.after, $0.through) = (60, 99) },
    ] {
      var query = EventQuery()
      narrow(&query)
      expectOwnTexts(try store.events(query))
      query.isReversed = true
      expectOwnTexts(try store.events(query))
    }
  }

  @Test("at positions in any order, and again and again")
  func anyOrder() throws {
    var random = SeededRandom(seed: 32)
    let cursor = TextCursor(store.database)
    var position = 1
    for _ in 0..<5_000 {
      // Mostly a step ahead, sometimes back to where it was, sometimes anywhere.
      switch Int.random(in: 0..<10, using: &random) {
      case 0: position = .random(in: 1...420, using: &random)
      case 1: break
      default: position = position % 420 + 1
      }
      let expected = position <= texts.count ? texts[position - 1] : nil
      #expect(try cursor.text(of: Int64(position))?.text == expected)
    }
    for nowhere in [Int64.min, -1, 0, .max] { #expect(try cursor.text(of: nowhere) == nil) }
  }

  @Test("while others read in the middle of it")
  func nested() throws {
    try store.read { log in
      var seen: [RecordedEvent] = []
      try log.forEachEvent(EventQuery()) { event in
        seen.append(event)
        guard event.position % 40 == 0 else { return }
        var inner: [RecordedEvent] = []
        var query = EventQuery(streamID: "often")
        query.through = event.position
        try log.forEachEvent(query) { inner.append($0) }
        expectOwnTexts(inner)
      }
      expectOwnTexts(seen)
      #expect(seen.count == 400)
    }
  }

  @Test("a limit counts what passes a test, and nothing is read after it")
  func limitCounts() throws {
    var query = EventQuery()
    query.limit = 5
    var (asked, passed) = ([Int64](), [Int64]())
    try store.read { log in
      try log.forEachEvent(
        query,
        where: { event in
          asked.append(event.position)
          return event.position % 7 == 0
        }, { passed.append($0.position) })
    }
    #expect(passed == [7, 14, 21, 28, 35])
    #expect(asked == Array(1...35))
    query.limit = 0
    try store.read { try $0.forEachEvent(query) { _ in Issue.record("0 means none") } }
  }
}
