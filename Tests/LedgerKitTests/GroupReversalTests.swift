import EventStore
import LedgerDomain
import LedgerKit
import Testing

@Suite("A reversal of a whole group")
struct GroupReversalTests {
  let book: Book
  let (a, b): (AccountID, AccountID)

  init() throws {
    book = try Book()
    (a, b) = (try book.open("a"), try book.open("b"))
    try book.perform(.deposit(Amount("100"), to: a))
  }

  @discardableResult
  private func group(_ command: Command, at effectiveAt: Instant? = nil) throws -> Receipt {
    try book.perform(command, at: effectiveAt) { $0.correlationID = "import-7" }
  }

  private func reverse(
    _ change: (inout CommandOptions) -> Void = { _ in }, keepsEffectiveTime: Bool = false
  ) throws -> GroupReversalReceipt {
    var options = CommandOptions(actor: "tester")
    change(&options)
    return try book.ledger.reverse(
      GroupReversal(
        correlationID: "import-7", keepsEffectiveTime: keepsEffectiveTime, description: "Wrong file"
      ),
      options)
  }

  /// What links say of every commit of the group, by the end of the commit.
  private func reversals() throws -> [Int64: Int64] {
    var found: [Int64: Int64] = [:]
    let lookup = book.ledger.linkLookup()
    try book.ledger.forEachEvent(EventQuery()) { event in
      if let by = try lookup.links(of: event).reversedBy {
        found[event.commit.header.lastPosition] = by
      }
    }
    return found
  }

  @Test("books the opposite of each movement, the last first, and leaves openings")
  func everything() throws {
    let c = try AccountID("c")
    try group(.open(c, try Book.currency("USD")))
    try group(.deposit(Amount("50"), to: c))
    try group(.transfer(Amount("20"), from: c, to: b))
    try group(.withdraw(Amount("7"), from: b))
    try book.perform(.deposit(Amount("1"), to: a))
    let receipt = try reverse()
    #expect((receipt.reversed, receipt.skipped, receipt.accountsLeftOpen) == (3, 0, 1))
    #expect(receipt.reversedCorrelationID == "import-7")
    #expect(receipt.accounts.map(\.accountID) == [b, c])
    #expect(receipt.accounts.map(\.balance.decimal) == ["0.00", "0.00"])
    #expect(receipt.accountsMoved == 2)
    #expect(try reversals() == [8: 10, 7: 12, 5: 13])
    let verified = try book.ledger.verify()
    #expect((verified.events, verified.headHash) == (13, receipt.headHash))
    #expect(receipt.position == 13)
    var query = EventQuery()
    query.correlationID = receipt.correlationID
    #expect(try book.events(query).map(\.position) == [10, 11, 12, 13])
    #expect(try book.history(c).last == "-50.00 0.00 Wrong file")
  }

  @Test(
    "skips and counts what was reversed before, and is refused where nothing is left")
  func repeated() throws {
    let first = try group(.deposit(Amount("10"), to: a))
    try group(.deposit(Amount("20"), to: a))
    try group(.reverse(Reversal(of: first.position)))
    let receipt = try reverse { $0.correlationID = "undo-7" }
    #expect((receipt.reversed, receipt.skipped, receipt.correlationID) == (1, 2, "undo-7"))
    #expect(try book.balance(a) == "100.00")
    let before = try book.ledger.verify()
    #expect(throws: Rejection.nothingToReverse(correlationID: "import-7", reversed: 3)) {
      try reverse()
    }
    let unknown = GroupReversal(correlationID: "import-8")
    #expect(throws: Rejection.nothingToReverse(correlationID: "import-8", reversed: 0)) {
      try book.ledger.reverse(unknown, CommandOptions(actor: "tester"))
    }
    #expect(try book.ledger.verify() == before)
  }

  @Test("is all or nothing: the first that a rule refuses is named, and nothing is written")
  func refused() throws {
    try group(.deposit(Amount("10"), to: a))
    let spent = try group(.deposit(Amount("30"), to: b))
    try group(.deposit(Amount("5"), to: a))
    try book.perform(.withdraw(Amount("25"), from: b))
    let before = try book.ledger.verify()
    let usd = try Book.currency("USD")
    let short = Rejection.insufficientFunds(
      b, available: Money(minorUnits: 5_00, in: usd), needed: Money(minorUnits: 30_00, in: usd))
    #expect(throws: Rejection.reversalRefused(position: spent.position, short)) { try reverse() }
    #expect(try book.ledger.verify() == before)
    #expect(try book.balance(a) == "115.00")
    // The handle goes on from what is there.
    try book.perform(.deposit(Amount("25"), to: b))
    #expect(try reverse().reversed == 3)
    _ = try book.ledger.verify()
  }

  @Test("that holds anything but movements and openings is refused, naming it")
  func notReversible() throws {
    try group(.deposit(Amount("10"), to: a))
    let changed = try group(.change(a, holder: "Ada"))
    try group(.deposit(Amount("10"), to: a))
    let refusal = Rejection.notReversible(position: changed.position, did: "changed a")
    #expect(throws: refusal) { try reverse() }
    #expect(try book.balance(a) == "120.00")
  }

  @Test("counts now, or each when what it reverses did")
  func effectiveTime() throws {
    let days = [3, 2, 1].map { Instant(micros: book.clockMicros - $0 * 86_400_000_000) }
    for day in days { try group(.deposit(Amount("10"), to: b), at: day) }
    _ = try reverse(keepsEffectiveTime: true)
    for day in days {
      let cut = Cut.instants(effective: day, known: nil)
      #expect(try book.ledger.balance(of: b, at: cut).balance.decimal == "0.00")
    }
    _ = try book.ledger.verify()
  }

  @Test("rehearsed writes nothing and says what would be")
  func rehearsed() throws {
    try group(.deposit(Amount("10"), to: a))
    let before = try book.ledger.verify()
    let group = GroupReversal(correlationID: "import-7")
    let receipt = try book.ledger.rehearse(group, CommandOptions(actor: "tester"))
    #expect(receipt.accounts.map(\.balance.decimal) == ["100.00"])
    #expect(try book.ledger.verify() == before)
    #expect(try book.balance(a) == "110.00")
  }

  @Test("lists the accounts that moved, up to a hundred")
  func manyAccounts() throws {
    for number in 1...101 {
      try group(.deposit(Amount("1"), to: book.open("many-\(number)")))
    }
    let receipt = try reverse()
    #expect((receipt.reversed, receipt.accountsMoved) == (101, 101))
    #expect(receipt.accounts.count == GroupReversalReceipt.mostAccountsListed)
    #expect(receipt.accounts.first?.accountID.text == "many-101")
    _ = try book.ledger.verify()
  }
}
