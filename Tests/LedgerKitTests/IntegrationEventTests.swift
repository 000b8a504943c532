import EventStore
import LedgerDomain
import LedgerKit
import Testing

@Suite("What outsiders are told")
struct IntegrationEventTests {
  let book: Book

  init() throws {
    book = try Book.withEverything()
    try book.storeTransfersInOneCommit()
  }

  /// Every commit's events, in order.
  private func commits() throws -> [[RecordedEvent]] {
    var commits: [[RecordedEvent]] = []
    for event in try book.events() {
      if commits.last?.last?.commit.header.number == event.commit.header.number {
        commits[commits.count - 1].append(event)
      } else {
        commits.append([event])
      }
    }
    return commits
  }

  @Test("is one event for each stored one, but for a transfer's two legs, and nothing of alerts")
  func vocabulary() throws {
    #expect(
      try book.lines() == [
        "AccountOpened 1", "AccountOpened 2", "AccountChanged 3", "AccountChanged 4",
        "MoneyDeposited 5", "MoneyWithdrawn 6", "TransferCompleted 8", "TransferCompleted 10",
        "TransferCompleted 12", "MoneyDeposited 13", "MoneyWithdrawn 14", "PeriodClosed 15",
        "PeriodReopened 16", "AccountOpened 18", "MoneyDeposited 19", "MoneyWithdrawn 20",
        "AccountClosed 21", "PersonalTextErased 22", "MoneyDeposited 25", "TransferCompleted 26",
        "TransferCompleted 27",
      ])
    #expect(Set(try book.told().map(\.kind)) == Set(IntegrationEvent.Kind.allCases))
    #expect(Set(try book.told().map(\.id)).count == 21)
  }

  @Test("is whole of a transfer: both legs are one event, at the place of the last")
  func transfer() throws {
    let told = try #require(try book.told().first { $0.position == 10 })
    guard case .transferCompleted(let transfer) = told.fact else {
      Issue.record("no transfer")
      return
    }
    #expect((transfer.payer.text, transfer.payee.text) == ("acct-99", "acct-42"))
    #expect(transfer.amount.text == "0.01 USD")
    #expect(told.positions == [9, 10])
    #expect(told.id == "\(book.ledger.id)/10")
  }

  @Test("pairs the legs of several transfers in one commit by their ids, in whichever order")
  func severalTransfers() throws {
    let told = try book.told().suffix(3)
    #expect(told.map(\.positions) == [[25], [24, 26], [23, 27]])
    guard case .moneyDeposited(_, let half) = told.first?.fact else {
      Issue.record("the leg without another one is told as a movement")
      return
    }
    #expect((half.transferID, half.counterparty?.text) == ("t-3", "elsewhere"))
  }

  @Test("names the commits that one reverses or corrects by the positions of what was told of them")
  func links() throws {
    let told = try book.told()
    #expect(told.compactMap(\.reverses) == [8])
    #expect(told.compactMap(\.corrects) == [8])
  }

  @Test("marks text that was erased, of either leg, and says where texts are gone")
  func erasure() throws {
    let told = try book.told()
    #expect(told.filter(\.isTextErased).map(\.position) == [2, 8, 14])
    #expect(told.filter(\.isTextErased).map(\.shownText) == ["[erased]", "[erased]", "[erased]"])
    let last = try #require(told.first { $0.kind == .personalTextErased })
    #expect(last.fact == .personalTextErased(positions: [2, 8, 14]))
  }

  @Test("is the same whether a commit is at hand or looked for, whatever is asked for")
  func queries() throws {
    let id = book.ledger.id
    let all = try commits().flatMap { try IntegrationEvent.all(of: $0, ledgerID: id) }
    #expect(try book.told() == all)
    let streams = try book.events().reduce(into: [Int64: String]()) {
      $0[$1.position] = $1.streamID
    }
    var queries = 0
    for stream in [nil, "BankAccount-acct-42", "BankAccount-acct-99", "Book", "none"] {
      for type in [nil, "TransferCompleted", "MoneyDeposited", "AccountChanged"] {
        for after in Int64(0)...28 {
          var query = EventQuery(streamID: stream)
          query.types = type.map { [$0] }
          query.after = after
          query.through = after % 3 == 0 ? nil : after + 9
          query.limit = after % 4 == 0 ? 3 : nil
          query.isReversed = after % 2 == 0
          let expected = all.filter { event in
            event.position > after && event.position <= query.through ?? .max
              && type ?? event.kind.rawValue == event.kind.rawValue
              && (stream == nil || event.positions.contains { streams[$0] == stream })
          }
          let ordered = query.isReversed ? expected.reversed() : expected
          #expect(try book.told(query) == Array(ordered.prefix(query.limit ?? .max)), "\(query)")
          queries += 1
        }
      }
    }
    #expect(queries == 580)
  }

  @Test("of money can be asked for by amount, by actor and by when it was recorded")
  func conditions() throws {
    var told: [Int64] = []
    let amounts = try AmountRange(from: "400", through: "600")
    try book.ledger.forEachIntegrationEvent(EventQuery(), amounts: amounts) {
      told.append($0.position)
    }
    #expect(told == [8, 12, 13])
    var query = EventQuery()
    query.actor = "warden"
    #expect(try book.lines(query) == ["PersonalTextErased 22"])
    query = EventQuery()
    query.recordedFromMicros = try book.told().last?.commit.header.recordedAtMicros
    #expect(try book.told(query).count == 3)
  }

  @Test("stops at an event that this build can't read, however little is asked for")
  func unreadable() throws {
    try book.storeUnreadable("MoneyBurnt", version: 1, of: try AccountID("acct-42"))
    #expect(throws: EventDecodingError.self) { try book.told() }
  }
}
