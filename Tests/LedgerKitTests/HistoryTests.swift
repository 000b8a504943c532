import EventStore
import LedgerDomain
import LedgerKit
import Testing
import TestSupport

/// What a history says of a movement, for comparison.
private struct Line: Equatable {
  let position: Int64
  let minorUnits: Int64
  let balanceMinor: Int128
}

@Suite("Histories")
struct HistoryTests {
  let book: Book
  let account: AccountID

  init() throws {
    book = try Book()
    account = try book.open("a")
  }

  private func lines(
    _ ledger: Ledger, _ account: AccountID, _ query: HistoryQuery
  ) throws -> [Line] {
    var lines: [Line] = []
    try ledger.forEachMovement(of: account, query) { entry in
      lines.append(
        Line(
          position: entry.position, minorUnits: entry.amount.minorUnits,
          balanceMinor: entry.balance.minorUnits))
    }
    return lines
  }

  /// The same by sorting all movements, adding them up from the first, and leaving out the rest then.
  private func expected(_ movements: [BruteFold.Entry], _ query: HistoryQuery) -> [Line] {
    func time(_ entry: BruteFold.Entry) -> Int64 {
      query.order == .effective ? entry.effectiveAt : entry.recordedAt
    }
    let known = movements.filter { $0.recordedAt <= query.known?.micros ?? .max }
    var balance: Int128 = 0
    var lines: [Line] = []
    for entry in known.sorted(by: { (time($0), $0.position) < (time($1), $1.position) }) {
      balance += Int128(entry.minorUnits)
      guard time(entry) >= query.from?.micros ?? .min, time(entry) <= query.through?.micros ?? .max
      else { continue }
      lines.append(
        Line(position: entry.position, minorUnits: entry.minorUnits, balanceMinor: balance))
    }
    if query.isReversed { lines.reverse() }
    return Array(lines.prefix(query.limit ?? .max))
  }

  @Test("between movements at one instant a balance may be more than 64 bits hold")
  func beyond64Bits() throws {
    let most = Amount("92233720368547750.00")
    let now = Instant(micros: book.clockMicros + 10)
    book.clockMicros += 1_000
    try book.perform(.deposit(most, to: account), at: now)
    try book.perform(.withdraw(most, from: account), at: now)
    try book.perform(.deposit(Amount("50"), to: account), at: Instant(micros: now.micros - 1))
    #expect(
      try book.history(account).map { $0.split(separator: " ")[1] }
        == ["50.00", "92233720368547800.00", "50.00"])
    var query = HistoryQuery()
    (query.isReversed, query.limit) = (true, 2)
    let last = try lines(book.ledger, account, query)
    #expect(last.map(\.balanceMinor) == [50_00, 9_223_372_036_854_780_000])
    var balances: [Int128] = []
    try book.ledger.diff(
      of: account, from: .version(0), to: .instants(effective: nil, known: nil), { _ in }
    ) { balances.append($0.movement.balance.minorUnits) }
    #expect(balances == [50_00, 9_223_372_036_854_780_000, 50_00])
    _ = try book.ledger.verify()
  }

  @Test(
    "in both orders and directions, with ranges, limits and as known at a time",
    arguments: [1, 2, 3])
  func model(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let backdated = try BackdatedBook(&random, commands: 150)
    let ledger = try backdated.book.reopened()
    var longest = 0
    for round in 0..<400 {
      let account = backdated.accounts.shuffled(using: &random)[0]
      var query = HistoryQuery()
      query.order = Bool.random(using: &random) ? .recorded : .effective
      query.isReversed = Bool.random(using: &random)
      func sometimes<Value>(_ value: Value) -> Value? {
        Int.random(in: 0..<3, using: &random) == 0 ? value : nil
      }
      query.from = sometimes(backdated.anyInstant(&random))
      query.through = sometimes(backdated.anyInstant(&random))
      query.known = sometimes(backdated.anyInstant(&random))
      query.limit = sometimes(Int.random(in: 0...12, using: &random))
      let all = Cut.instants(effective: nil, known: query.known)
      guard backdated.brute.answer(account, all) != nil else {
        #expect(throws: Rejection.accountNotThereYet(account)) {
          try lines(ledger, account, query)
        }
        continue
      }
      let found = try lines(ledger, account, query)
      longest = max(longest, found.count)
      let wanted = expected(backdated.brute.movements(of: account), query)
      #expect(found == wanted, "round \(round): \(account), \(query)")
    }
    #expect(longest > 40)
  }

  @Test("each end of a range leaves movements out, on the clock of the order")
  func range() throws {
    let start = book.clockMicros
    func instant(_ step: Int64) -> Instant { Instant(micros: start - 1_000 + step) }
    // Recorded in the reverse of the order in which they count.
    var recorded: [Instant] = []
    for step in Int64(1)...4 {
      book.clockMicros += 1_000
      let receipt = try book.perform(
        .deposit(Amount("\(step)"), to: account), at: instant(5 - step))
      recorded.append(receipt.recordedAt)
    }
    func amounts(_ order: EventQuery.Order, _ from: Instant?, _ through: Instant?) throws -> [Int64]
    {
      var query = HistoryQuery()
      (query.order, query.from, query.through) = (order, from, through)
      return try lines(book.ledger, account, query).map { $0.minorUnits / 100 }
    }
    #expect(try amounts(.effective, nil, nil) == [4, 3, 2, 1])
    #expect(try amounts(.effective, instant(2), nil) == [3, 2, 1])
    #expect(try amounts(.effective, nil, instant(3)) == [4, 3, 2])
    #expect(try amounts(.effective, instant(2), instant(3)) == [3, 2])
    #expect(try amounts(.effective, instant(3), instant(2)) == [])
    #expect(try amounts(.recorded, nil, nil) == [1, 2, 3, 4])
    #expect(try amounts(.recorded, recorded[1], nil) == [2, 3, 4])
    #expect(try amounts(.recorded, Instant(micros: recorded[1].micros + 1), nil) == [3, 4])
    #expect(try amounts(.recorded, nil, Instant(micros: recorded[2].micros - 1)) == [1, 2])
    #expect(try amounts(.recorded, instant(0), instant(5)) == [])
  }

  @Test("the history as known at a time is the one that was printed then")
  func asKnown() throws {
    var printed: [(known: Instant, lines: [Line])] = []
    let start = book.clockMicros
    for step in Int64(0)..<20 {
      book.clockMicros += 1_000
      try book.perform(
        .deposit(Amount("1"), to: account), at: Instant(micros: start - (step * 7) % 11))
      printed.append(
        (try book.ledger.now(), try lines(book.ledger, account, HistoryQuery())))
    }
    for (known, before) in printed {
      var query = HistoryQuery()
      query.known = known
      #expect(try lines(book.ledger, account, query) == before)
    }
    #expect(printed.map(\.lines.count) == Array(1...20))
  }

  @Test("an account that was not known then, and one that never was, are told apart")
  func unknown() throws {
    var query = HistoryQuery()
    query.known = Instant(micros: book.clockMicros - 1_000)
    #expect(throws: Rejection.accountNotThereYet(account)) {
      try lines(book.ledger, account, query)
    }
    let nobody = try AccountID("nobody")
    #expect(throws: Rejection.accountNotFound(nobody)) {
      try lines(book.ledger, nobody, HistoryQuery())
    }
    #expect(throws: Rejection.accountNotFound(nobody)) { try lines(book.ledger, nobody, query) }
  }

  @Test("the last movements are found before what moved nothing: changes, a close")
  func lastBeforeTheClose() throws {
    try book.perform(.deposit(Amount("5"), to: account))
    try book.perform(.withdraw(Amount("5"), from: account))
    for name in 1...3 { try book.perform(.change(account, holder: "Ada \(name)")) }
    try book.perform(.close(account))
    for limit in 1...3 {
      var query = HistoryQuery()
      (query.isReversed, query.limit) = (true, limit)
      let found = try lines(book.ledger, account, query).map(\.minorUnits)
      #expect(found == Array([-5_00, 5_00].prefix(limit)))
      #expect(try book.ledger.summary(of: account, latest: limit).1.count == min(limit, 2))
    }
  }

  @Test("a history backwards with a limit reads no further than it shows")
  func readsNoFurther() throws {
    try book.perform(.deposit(Amount("1"), to: account))
    try book.perform(.deposit(Amount("1"), to: account))
    try RawFile(book.path).run(
      """
      DROP TRIGGER recorded_events_refuses_update;
      UPDATE recorded_events SET data = 'unreadable' WHERE position = 2
      """)
    var query = HistoryQuery()
    (query.order, query.isReversed) = (.recorded, true)
    query.limit = 1
    let ledger = try book.reopened()
    #expect(try lines(ledger, account, query).map(\.balanceMinor) == [2_00])
    query.limit = nil
    #expect(throws: EventDecodingError.self) { try lines(ledger, account, query) }
  }
}
