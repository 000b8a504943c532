import EventStore
import LedgerDomain
import LedgerKit
import Testing
import TestSupport

@Suite("The audit trail")
struct AuditTests {
  let book: Book
  let all: [RecordedEvent]

  /// Amounts of 1 to 60 in three currencies, by two actors, now and back in time.
  init() throws {
    let book = try Book()
    var random = SeededRandom(seed: 41)
    let accounts = try ["USD", "JPY", "BHD"].map { try book.open($0.lowercased(), $0) }
    for index in 0..<120 {
      book.clockMicros += 1_000_000
      let account = try #require(accounts.randomElement(using: &random))
      let back = Int64.random(in: 0..<40, using: &random) * 1_000_000
      let effectiveAt = index % 3 == 0 ? Instant(micros: book.clockMicros - back) : nil
      try book.perform(
        .deposit(Amount("\(1 + index / 2)"), to: account, description: "\(index)"), at: effectiveAt
      ) {
        $0.actor = index % 2 == 0 ? "ada" : "bob"
        $0.correlationID = "c-\(index % 5)"
      }
    }
    var all: [RecordedEvent] = []
    try book.ledger.forEachEvent(EventQuery()) { all.append($0) }
    (self.book, self.all) = (book, all)
  }

  private func events(_ query: EventQuery, _ amounts: AmountRange? = nil) throws -> [RecordedEvent]
  {
    var events: [RecordedEvent] = []
    try book.ledger.forEachEvent(query, amounts: amounts) { events.append($0) }
    return events
  }

  /// The amount in the event's data; nil if there is none. All of these are whole.
  private func amount(_ event: RecordedEvent) -> Int? {
    let data = String(decoding: event.data, as: UTF8.self)
    return data.split(separator: "\"").dropFirst(3).first.flatMap {
      data.hasPrefix(#"{"amount":"#) ? Int($0.prefix { $0 != "." }) : nil
    }
  }

  @Test("by amount has the movements of that size in every currency, and nothing else")
  func amounts() throws {
    let found = try events(EventQuery(), try AmountRange(from: "20", through: "30.00"))
    #expect(found == all.filter { (20...30).contains(amount($0) ?? 0) })
    #expect(found.count == 22)
    #expect(Set(found.map(\.streamID)).count == 3)
    #expect(try events(EventQuery(), AmountRange(from: "20.001", through: "20.999")).isEmpty)
    // What has no amount is no movement of 0.
    #expect(try events(EventQuery(), AmountRange(from: "0", through: nil)).count == 120)
    #expect(try events(EventQuery()).count == 123)
  }

  @Test("by amount and everything else at once is what each lets through, in pages too")
  func together() throws {
    var query = EventQuery(streamID: "BankAccount-usd")
    query.types = ["MoneyDeposited"]
    query.actor = "ada"
    query.effectiveFromMicros = all[10].commit.header.effectiveAtMicros
    let range = try AmountRange(from: "5", through: "50")
    let expected = all.filter {
      $0.streamID == "BankAccount-usd" && $0.commit.header.actor == "ada"
        && $0.type == "MoneyDeposited" && (5...50).contains(amount($0) ?? 0)
        && $0.commit.header.effectiveAtMicros >= all[10].commit.header.effectiveAtMicros
    }
    #expect(try events(query, range) == expected)
    #expect(expected.count > 8)
    query.isReversed = true
    #expect(try events(query, range) == expected.reversed())
    query.isReversed = false
    query.limit = 3
    var pages: [RecordedEvent] = []
    while true {
      let page = try events(query, range)
      guard let last = page.last else { break }
      #expect(page.count == 3 || pages.count + page.count == expected.count)
      pages += page
      query.after = last.position
    }
    #expect(pages == expected)
  }

  @Test("raw, the amount is that of the event as it is read, and the event is as it is stored")
  func raw() throws {
    var query = EventQuery()
    query.isRaw = true
    let found = try events(query, try AmountRange(from: "60", through: nil))
    #expect(found.map(amount) == [60, 60])
  }

  @Test("with a checkpoint has that of the last commit, the same on every run")
  func checkpoint() throws {
    var query = EventQuery()
    query.limit = 2
    var count = 0
    let checkpoint = try book.ledger.forEachEventAndCheckpoint(query) { _ in count += 1 }
    #expect(count == 2)
    let last = try #require(all.last)
    #expect(checkpoint.position == last.position)
    #expect(checkpoint.headHash == last.commit.hash)
    #expect(checkpoint.createdAtMicros == last.commit.header.recordedAtMicros)
    #expect(checkpoint.treeRoot == (try book.ledger.checkpoint()).treeRoot)
    #expect(try book.ledger.forEachEventAndCheckpoint(query) { _ in } == checkpoint)
    let heads = [NotedHead(checkpoint, source: "dump")]
    #expect(try book.ledger.verify(against: heads).events == last.position)
  }

  @Test("with a checkpoint is of one moment, though others write while it is read")
  func oneMoment() throws {
    let reader = try book.reopened()
    let account = try AccountID("usd")
    var seen: [Int64] = []
    let checkpoint = try reader.forEachEventAndCheckpoint(EventQuery()) { event in
      seen.append(event.position)
      if event.position % 50 == 0 { try book.perform(.deposit(Amount("1"), to: account)) }
    }
    #expect(seen == Array(1...123))
    #expect(checkpoint.position == 123)
    #expect(try book.ledger.checkpoint().position == 125)
  }

  @Test("by when it was recorded never has half a transfer, though the clock stands still")
  func wholeCommits() throws {
    let (from, to) = (try AccountID("usd"), try book.open("usd-2"))
    for _ in 0..<500 {
      try book.perform(.transfer(Amount("0.01"), from: from, to: to))
      book.clockMicros -= 1
    }
    let legs = try events(EventQuery()).filter { $0.position > 124 }
    #expect(legs.count == 1_000)
    for leg in legs where leg.position % 97 == 0 {
      for edge in [leg.commit.header.recordedAtMicros - 1, leg.commit.header.recordedAtMicros] {
        var query = EventQuery()
        (query.after, query.recordedThroughMicros) = (124, edge)
        #expect(try events(query).count.isMultiple(of: 2))
        (query.recordedThroughMicros, query.recordedFromMicros) = (nil, edge)
        #expect(try events(query).count.isMultiple(of: 2))
      }
    }
  }
}
