import LedgerDomain
import LedgerKit
import Testing

@Suite("Another command under a used key")
struct KeyConflictTests {
  let book: Book
  let (a, b, c): (AccountID, AccountID, AccountID)

  /// Three accounts with 100.00 USD each.
  init() throws {
    book = try Book()
    (a, b, c) = (try book.open("a"), try book.open("b"), try book.open("c"))
    for account in [a, b, c] { try book.perform(.deposit(Amount("100"), to: account)) }
  }

  /// Performs `first` under a key and expects every other command to be refused under it and to
  /// change nothing, and `first` itself to be answered, whoever asks.
  private func expectConflicts(
    with first: Command, at effectiveAt: Instant? = nil,
    _ others: [(command: Command, effectiveAt: Instant?, differing: [String])]
  ) throws {
    let receipt = try book.perform(first, at: effectiveAt) { $0.idempotencyKey = "k" }
    let before = try book.ledger.verify()
    for other in others {
      let conflict = Rejection.idempotencyKeyConflict(
        key: "k", position: receipt.position, differing: other.differing)
      #expect(throws: conflict, "\(other)") {
        try book.perform(other.command, at: other.effectiveAt) { $0.idempotencyKey = "k" }
      }
    }
    var again = try book.perform(first, at: effectiveAt) {
      ($0.idempotencyKey, $0.actor, $0.reason) = ("k", "somebody else", "once more")
      ($0.correlationID, $0.causationID) = ("another", "1")
    }
    #expect(again.isReplay)
    again.isReplay = false
    #expect(again == receipt)
    #expect(try book.ledger.verify() == before)
  }

  @Test("a deposit answers for amount, currency, account, description and when it counts")
  func deposit() throws {
    let tip = "Tip"
    let now = Instant(micros: book.clockMicros)
    try expectConflicts(
      with: .deposit(Amount("5.00"), to: a, description: tip),
      [
        (.deposit(Amount("5.01"), to: a, description: tip), nil, ["amount"]),
        (.deposit(Amount("5.00", currencyCode: "EUR"), to: a, description: tip), nil, ["amount"]),
        (.deposit(Amount("5.001"), to: a, description: tip), nil, ["amount"]),
        (.deposit(Amount("5.00"), to: b, description: tip), nil, ["account"]),
        (.deposit(Amount("5.00"), to: a, description: "Ti\u{70}\u{301}"), nil, ["description"]),
        (.deposit(Amount("5.00"), to: a), nil, ["description"]),
        (.deposit(Amount("5.00"), to: a, description: tip), now, ["effectiveAt"]),
        (.deposit(Amount("6"), to: b), now, ["account", "amount", "description", "effectiveAt"]),
        (.withdraw(Amount("5.00"), from: a, description: tip), nil, ["command"]),
        (.change(a, holder: tip), nil, ["command"]),
      ])
  }

  @Test("a withdrawal that counts in the past answers for that instant")
  func backdated() throws {
    let then = Instant(micros: book.clockMicros)
    try expectConflicts(
      with: .withdraw(Amount("5"), from: a), at: then,
      [
        (.withdraw(Amount("5"), from: a), nil, ["effectiveAt"]),
        (.withdraw(Amount("5"), from: a), Instant(micros: then.micros - 1), ["effectiveAt"]),
      ])
  }

  @Test("an opening answers for currency, overdraft limit and holder")
  func opening() throws {
    let (new, other) = (try AccountID("new"), try AccountID("other"))
    let (usd, eur) = (try Book.currency("USD"), try Book.currency("EUR"))
    let ten = Amount("10")
    try expectConflicts(
      with: .open(new, usd, overdraftLimit: ten, holder: "Ada"),
      [
        (.open(new, eur, overdraftLimit: ten, holder: "Ada"), nil, ["currency"]),
        (.open(new, usd, overdraftLimit: Amount("10.01"), holder: "Ada"), nil, ["overdraftLimit"]),
        (.open(new, usd, holder: "Ada"), nil, ["overdraftLimit"]),
        (.open(new, usd, overdraftLimit: ten, holder: "ada"), nil, ["holder"]),
        (.open(new, usd, overdraftLimit: ten), nil, ["holder"]),
        (.open(other, usd, overdraftLimit: ten, holder: "Ada"), nil, ["account"]),
      ])
  }

  @Test("a change answers for what it changes")
  func change() throws {
    let ten = Amount("10")
    try expectConflicts(
      with: .change(a, overdraftLimit: ten, holder: "Ada"),
      [
        (.change(a, overdraftLimit: Amount("20"), holder: "Ada"), nil, ["overdraftLimit"]),
        (.change(a, holder: "Ada"), nil, ["overdraftLimit"]),
        (.change(a, overdraftLimit: ten, holder: "Bob"), nil, ["holder"]),
        (.change(b, overdraftLimit: ten, holder: "Ada"), nil, ["account"]),
        (.close(a), nil, ["command"]),
      ])
  }

  @Test("a change of the holder alone answers for leaving the limit as it is")
  func changeOfHolder() throws {
    try expectConflicts(
      with: .change(a, holder: "Ada"),
      [
        (.change(a, overdraftLimit: Amount("10"), holder: "Ada"), nil, ["overdraftLimit"]),
        (.change(a, overdraftLimit: Amount("0"), holder: "Ada"), nil, ["overdraftLimit"]),
        (.change(a, overdraftLimit: Amount("10")), nil, ["overdraftLimit", "holder"]),
        (.change(a, overdraftLimit: Amount("x"), holder: "Ada"), nil, ["amount"]),
      ])
  }

  @Test("a transfer answers for both accounts, and is not either of its halves")
  func transfer() throws {
    let ten = Amount("10")
    try expectConflicts(
      with: .transfer(ten, from: a, to: b),
      [
        (.withdraw(ten, from: a), nil, ["command"]),
        (.deposit(ten, to: b), nil, ["command"]),
        (.transfer(Amount("11"), from: a, to: b), nil, ["amount"]),
        (.transfer(ten, from: b, to: a), nil, ["from", "to"]),
        (.transfer(ten, from: a, to: c), nil, ["to"]),
        (.transfer(ten, from: c, to: b), nil, ["from"]),
        (.transfer(ten, from: a, to: b, description: "Rent"), nil, ["description"]),
      ])
    #expect(try book.balance(a) == "90.00")
    #expect(try book.balance(b) == "110.00")
  }

  @Test("half of a transfer is not the whole either")
  func halves() throws {
    let ten = Amount("10")
    let transfer = Command.transfer(ten, from: a, to: b)
    try expectConflicts(with: .withdraw(ten, from: a), [(transfer, nil, ["command"])])
    let receipt = try book.perform(.deposit(ten, to: b)) { $0.idempotencyKey = "other" }
    let conflict = Rejection.idempotencyKeyConflict(
      key: "other", position: receipt.position, differing: ["command"])
    #expect(throws: conflict) { try book.perform(transfer) { $0.idempotencyKey = "other" } }
    #expect(try book.balance(a) == "90.00")
    #expect(try book.balance(b) == "110.00")
  }

  @Test("a key of the same letters in other bytes is another one, also within a transaction")
  func otherBytes() throws {
    let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
    let first = try book.perform(.deposit(Amount("1"), to: a)) { $0.idempotencyKey = decomposed }
    let replay = try book.ledger.booking { booking in
      var options = CommandOptions(actor: "tester")
      options.idempotencyKey = composed
      #expect(throws: Rejection.self) {
        try booking.perform(.withdraw(Amount("1000000"), from: a), options)
      }
      options.idempotencyKey = decomposed
      return try booking.perform(.deposit(Amount("1"), to: a), options)
    }
    #expect(replay.isReplay && replay.position == first.position)
  }
}
