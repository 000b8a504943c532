import EventStore
import LedgerDomain
import LedgerKit
import Testing

/// ACCEPTANCE B for what is reversed and corrected.
@Suite("A reversal under a key")
struct ReversalKeyTests {
  let book: Book
  let a: AccountID

  /// 100.00 at position 2, 40.00 at 3, 40.00 at 4.
  init() throws {
    book = try Book()
    a = try book.open("a")
    for amount in ["100", "40", "40"] { try book.perform(.deposit(Amount(amount), to: a)) }
  }

  private func perform(
    _ command: Command, corrects: Int64? = nil, at effectiveAt: Instant? = nil
  ) throws -> Receipt {
    try book.perform(command, at: effectiveAt) {
      ($0.idempotencyKey, $0.corrects) = ("k", corrects)
    }
  }

  private func expectConflict(
    _ command: Command, corrects: Int64? = nil, at effectiveAt: Instant? = nil,
    with first: Receipt, _ differing: [String]
  ) {
    let conflict = Rejection.idempotencyKeyConflict(
      key: "k", position: first.position, differing: differing)
    #expect(throws: conflict) { try perform(command, corrects: corrects, at: effectiveAt) }
  }

  @Test("is answered with the first receipt, though it is reversed already and reversed itself")
  func replay() throws {
    let command = Command.reverse(Reversal(of: 3, description: "Wrong"))
    let first = try perform(command)
    try book.perform(.deposit(Amount("1"), to: a))
    try book.perform(.reverse(Reversal(of: first.position)))
    for ledger in [book.ledger, try book.reopened(.readWrite)] {
      var options = CommandOptions(actor: "somebody else")
      (options.idempotencyKey, options.expectedVersion) = ("k", .exactly(0))
      var again = try ledger.perform(command, options)
      #expect(again.isReplay)
      again.isReplay = false
      #expect(again == first)
    }
    #expect(try book.ledger.verify().commits == 7)
  }

  @Test("answers for what it reverses, its description, its time and what it corrects")
  func conflicts() throws {
    let first = try perform(.reverse(Reversal(of: 3, description: "Wrong")), corrects: 2)
    let before = try book.ledger.verify()
    func reversal(_ position: Int64, _ text: String? = "Wrong", original: Bool = false) -> Command {
      .reverse(Reversal(of: position, keepsEffectiveTime: original, description: text))
    }
    // The same amount on the same account, and a position that there is not.
    expectConflict(reversal(4), corrects: 2, with: first, ["reverses"])
    expectConflict(reversal(99), corrects: 2, with: first, ["reverses"])
    expectConflict(reversal(3, nil), corrects: 2, with: first, ["description"])
    expectConflict(reversal(3, original: true), corrects: 2, with: first, ["effectiveAt"])
    expectConflict(
      reversal(3), corrects: 2, at: Instant(micros: 5), with: first, ["effectiveAt"])
    expectConflict(reversal(3), corrects: 4, with: first, ["corrects"])
    expectConflict(reversal(3), with: first, ["corrects"])
    expectConflict(reversal(4), corrects: 99, with: first, ["reverses", "corrects"])
    expectConflict(
      .withdraw(Amount("40"), from: a, description: "Wrong"), corrects: 2, with: first, ["command"])
    #expect(try book.ledger.verify() == before)
  }

  @Test("at the original's time is the same as at that very instant")
  func originalTime() throws {
    let paid = try book.events(EventQuery(streamID: "BankAccount-a"))[2].commit.header
    let first = try perform(.reverse(Reversal(of: 3, keepsEffectiveTime: true)))
    #expect(first.effectiveAt == Instant(micros: paid.effectiveAtMicros))
    #expect(try perform(.reverse(Reversal(of: 3, keepsEffectiveTime: true))).isReplay)
    #expect(try perform(.reverse(Reversal(of: 3)), at: first.effectiveAt).isReplay)
    expectConflict(.reverse(Reversal(of: 3)), with: first, ["effectiveAt"])
  }

  @Test("conflicts with the withdrawal that has the key, and with one that corrects nothing")
  func withdrawal() throws {
    let first = try perform(.withdraw(Amount("40"), from: a))
    expectConflict(.reverse(Reversal(of: 3)), with: first, ["command"])
    expectConflict(.reverse(Reversal(of: 99)), with: first, ["command"])
    expectConflict(.withdraw(Amount("40"), from: a), corrects: 3, with: first, ["corrects"])
    #expect(try perform(.withdraw(Amount("40"), from: a)).isReplay)
  }

  @Test("that was refused burns no key")
  func refused() throws {
    try book.perform(.withdraw(Amount("180"), from: a))
    #expect(throws: Rejection.self) { try perform(.reverse(Reversal(of: 3))) }
    try book.perform(.deposit(Amount("40"), to: a))
    #expect(try !perform(.reverse(Reversal(of: 3))).isReplay)
  }
}
