import EventStore
import LedgerDomain
import Testing

@testable import LedgerKit

@Suite("A reversal")
struct ReversalTests {
  let book: Book
  let (a, b): (AccountID, AccountID)

  /// Two accounts; 100.00 USD on the first, at position 3.
  init() throws {
    book = try Book()
    (a, b) = (try book.open("a"), try book.open("b"))
    try book.perform(.deposit(Amount("100"), to: a, description: "Payroll"))
  }

  @discardableResult
  private func reverse(
    _ position: Int64, _ change: (inout CommandOptions) -> Void = { _ in }
  ) throws -> Receipt {
    try book.perform(.reverse(Reversal(of: position)), at: nil, change)
  }

  private func balances() throws -> [String] { [try book.balance(a), try book.balance(b)] }

  @Test("of a deposit is a withdrawal, of a withdrawal a deposit, both of the same amount")
  func external() throws {
    let receipt = try reverse(3)
    #expect(receipt.command == "reverse")
    #expect((receipt.position, receipt.reverses, receipt.rebooks) == (4, 3, nil))
    #expect(receipt.effectiveAt == receipt.recordedAt)
    #expect(receipt.accounts.map(\.balance.text) == ["0.00 USD"])
    #expect(try book.history(a) == ["100.00 100.00 Payroll", "-100.00 0.00"])
    try book.perform(.deposit(Amount("50"), to: b))
    let paid = try book.perform(.withdraw(Amount("20.05"), from: b))
    try reverse(paid.position)
    #expect(try book.history(b) == ["50.00 50.00", "-20.05 29.95", "20.05 50.00"])
    _ = try book.ledger.verify()
  }

  @Test("of a transfer is a transfer back with an id of its own, whichever leg is named")
  func transfer() throws {
    for leg: Int64 in [0, 1] {
      let moved = try book.perform(.transfer(Amount("30"), from: a, to: b, description: "Rent"))
      let back = try book.perform(
        .reverse(Reversal(of: moved.position - leg, description: "Paid twice")))
      #expect(back.reverses == moved.position)
      #expect(back.transferID != nil && back.transferID != moved.transferID)
      #expect(back.accounts.map(\.accountID) == [b, a])
      #expect(try balances() == ["100.00", "0.00"])
    }
    #expect(try book.history(b).last == "-30.00 0.00 Paid twice")
    _ = try book.ledger.verify()
  }

  @Test("happens once: the second is refused and names the first")
  func once() throws {
    try book.perform(.deposit(Amount("500"), to: a))
    let first = try reverse(3)
    let before = try book.ledger.verify()
    let again = Rejection.alreadyReversed(position: 3, at: first.position)
    #expect(throws: again) { try reverse(3) }
    let other = try book.reopened(.readWrite)
    #expect(throws: again) {
      try other.perform(.reverse(Reversal(of: 3)), CommandOptions(actor: "else"))
    }
    #expect(try book.ledger.verify() == before)
  }

  @Test("can be reversed once itself: what it had reversed counts again")
  func rebooking() throws {
    let moved = try book.perform(.transfer(Amount("30"), from: a, to: b))
    let back = try reverse(moved.position)
    let again = try reverse(back.position)
    #expect((again.reverses, again.rebooks) == (back.position, moved.position))
    #expect(try balances() == ["70.00", "30.00"])
    #expect(throws: Rejection.alreadyReversed(position: back.position, at: again.position)) {
      try reverse(back.position)
    }
    #expect(throws: Rejection.alreadyReversed(position: moved.position, at: back.position)) {
      try reverse(moved.position)
    }
    try reverse(again.position)
    #expect(try balances() == ["100.00", "0.00"])
    _ = try book.ledger.verify()
  }

  @Test("in one transaction with what it reverses, and with a second one, knows of both")
  func oneTransaction() throws {
    let options = CommandOptions(actor: "tester")
    let receipt = try book.ledger.booking { booking in
      let paid = try booking.perform(.deposit(Amount("5"), to: a), options)
      let reversal = Command.reverse(Reversal(of: paid.position))
      let receipt = try booking.perform(reversal, options)
      #expect(throws: Rejection.alreadyReversed(position: 4, at: 5)) {
        try booking.perform(reversal, options)
      }
      return receipt
    }
    #expect(receipt.reverses == 4)
    #expect(try book.ledger.verify().events == 5)
  }

  // MARK: When it counts

  @Test("counts now, or when what it reverses does, or when it is told to")
  func effectiveTime() throws {
    let past = Instant(micros: book.clockMicros - 9_000_000)
    func deposit() throws -> Receipt { try book.perform(.deposit(Amount("1"), to: b), at: past) }
    let now = try reverse(try deposit().position)
    #expect(now.effectiveAt == now.recordedAt)
    let reversed = try deposit()
    let original = try book.perform(
      .reverse(Reversal(of: reversed.position, keepsEffectiveTime: true)))
    #expect(original.effectiveAt == past)
    // One that was recorded without a time of its own counts when it was recorded.
    let plain = try book.perform(.deposit(Amount("1"), to: b))
    let undone = try book.perform(
      .reverse(Reversal(of: plain.position, keepsEffectiveTime: true)))
    #expect(undone.effectiveAt == plain.recordedAt)
    let told = Instant(micros: past.micros + 1)
    let third = try book.perform(.reverse(Reversal(of: try deposit().position)), at: told)
    #expect(third.effectiveAt == told)
    let cut = Cut.instants(effective: past, known: nil)
    #expect(try book.ledger.balance(of: b, at: cut).balance.decimal == "2.00")
    _ = try book.ledger.verify()
  }

  // MARK: Refusals

  @Test("of anything but a movement is refused, saying what stands there")
  func notReversible() throws {
    try book.perform(.change(b, holder: "Bob"))
    try book.perform(.close(b)) { $0.reason = "gone" }
    _ = try book.ledger.erase(
      ErasureRequest(.positions([4]), actor: "desk", reason: "Request 7"))
    for (position, did) in [
      (1, "opened a"), (4, "changed b"), (5, "closed b"), (6, "erased texts"),
    ] as [(Int64, String)] {
      #expect(throws: Rejection.notReversible(position: position, did: did)) {
        try reverse(position)
      }
    }
    for position in [7, 99, 0, -1, .max, .min] as [Int64] {
      #expect(throws: Rejection.beyondHead("position", asked: position, last: 6)) {
        try reverse(position)
      }
    }
    #expect(try book.ledger.verify().events == 6)
  }

  @Test("is under the rules of every booking")
  func rules() throws {
    try book.perform(.transfer(Amount("60"), from: a, to: b))
    #expect(try book.attempt(.reverse(Reversal(of: 3))).code == "insufficient_funds")
    let late = try book.perform(.deposit(Amount("60"), to: a))
    let original = Command.reverse(Reversal(of: 3, keepsEffectiveTime: true))
    #expect(try book.attempt(original).code == "past_overdraft")
    let receipt = try book.perform(original) {
      ($0.allowsPastOverdraft, $0.reason) = (true, "It never came")
    }
    #expect(receipt.reverses == 3)
    #expect(try balances() == ["0.00", "60.00"])
    try book.perform(.close(a))
    #expect(
      try book.attempt(.reverse(Reversal(of: late.position))).code == "account_closed")
    let stale = try book.attempt(.reverse(Reversal(of: 5))) { $0.expectedVersion = .exactly(7) }
    #expect(stale.code == "version_conflict")
    let future = Instant(micros: book.clockMicros + 60_000_000)
    #expect(
      try book.attempt(.reverse(Reversal(of: 5)), at: future).code == "effective_in_future")
    _ = try book.ledger.verify()
  }

  @Test("of an event of version 1 is like that of any other")
  func version1() throws {
    let old = try book.openOldAccount()
    let positions = try book.events(EventQuery(streamID: "BankAccount-ada")).map(\.position)
    #expect(throws: Rejection.notReversible(position: positions[0], did: "opened ada")) {
      try reverse(positions[0])
    }
    #expect(try reverse(positions[2]).accounts.map(\.balance.decimal) == ["100.00"])
    #expect(try reverse(positions[1]).accounts.map(\.balance.decimal) == ["0.00"])
    #expect(
      try book.history(old) == [
        "100.00 100.00 Payroll", "-25.50 74.50", "25.50 100.00", "-100.00 0.00",
      ])
    _ = try book.ledger.verify()
  }

  // MARK: Corrections

  @Test("and any other command says which booking it corrects, by the end of its commit")
  func corrects() throws {
    let moved = try book.perform(.transfer(Amount("30"), from: a, to: b))
    let leg = moved.position - 1
    let commands: [Command] = [
      .reverse(Reversal(of: leg)), .transfer(Amount("3"), from: a, to: b),
      .deposit(Amount("1"), to: b), .withdraw(Amount("4"), from: b),
      .open(try AccountID("c"), try Book.currency("USD")), .change(b, holder: "Bob"), .close(b),
    ]
    for command in commands {
      let receipt = try book.perform(command) { $0.corrects = leg }
      #expect(receipt.corrects == moved.position, "\(command)")
    }
    for nothing in [99, 0, -5] as [Int64] {
      let refused = try book.attempt(.deposit(Amount("1"), to: a)) { $0.corrects = nothing }
      #expect(refused.code == "beyond_head")
    }
    _ = try book.ledger.verify()
  }

  @Test("stands on both sides of the link: in history, and by position")
  func links() throws {
    let moved = try book.perform(.transfer(Amount("30"), from: a, to: b))
    let back = try reverse(moved.position - 1)
    let right = try book.perform(.transfer(Amount("3"), from: a, to: b)) {
      $0.corrects = moved.position
    }
    let more = try book.perform(.deposit(Amount("1"), to: a)) { $0.corrects = moved.position }
    var found: [Int64: LinkedCommits] = [:]
    try book.reopened().forEachMovement(of: a) { found[$0.position] = $0.links }
    #expect(found.count == 5)
    #expect(found[3] == LinkedCommits())
    let reversed = try #require(found[moved.position - 1])
    #expect((reversed.reverses, reversed.reversedBy) == (nil, back.position))
    #expect((reversed.corrects, reversed.correctedBy) == (nil, [right.position, more.position]))
    let reversing = try #require(found[back.position])
    #expect((reversing.reverses, reversing.reversedBy) == (moved.position, nil))
    #expect(found[right.position - 1]?.corrects == moved.position)
  }
}
