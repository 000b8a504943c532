import EventStore
import LedgerDomain
import LedgerKit
import Testing

@Suite("Balances of the past")
struct PastBalanceTests {
  let book: Book
  let account: AccountID

  init() throws {
    book = try Book()
    account = try book.open("a")
  }

  @Test("each version is the fold of the events up to it, whichever is asked for first")
  func versions() throws {
    try book.perform(.deposit(Amount("30"), to: account))
    try book.perform(.deposit(Amount("30"), to: account))
    try book.perform(.withdraw(Amount("6"), from: account))
    var policy = SnapshotPolicy()
    policy.isEnabled = false
    try book.ledger.setSnapshotPolicy(policy)
    for (version, balance) in [(3, "54.00"), (1, "30.00"), (2, "60.00"), (0, "0.00")] {
      let answer = try book.reopened().balance(of: account, at: .version(Int64(version)))
      #expect(answer.balance.decimal == balance)
      #expect(answer.version == version)
      #expect(answer.path.balanceVersion == (version == 0 ? nil : Int64(version)))
      #expect(answer.path.snapshotVersion == nil)
      #expect(answer.path.eventsReplayed == (version == 0 ? 1 : 0))
    }
  }

  @Test("are those of now for a handle that has verified, and went on")
  func afterVerify() throws {
    let before = Instant(micros: book.clockMicros)
    try book.perform(.deposit(Amount("30"), to: account))
    _ = try book.ledger.verify()
    _ = try book.open("b")
    try book.perform(.deposit(Amount("5"), to: account), at: before)
    try book.perform(.deposit(Amount("1"), to: account), at: before)
    let cut = Cut.instants(effective: Instant(micros: book.clockMicros), known: nil)
    var balances: [String] = []
    try book.ledger.forEachBalance(at: cut) { balances.append($0.balance.text) }
    #expect(balances == ["36.00 USD", "0.00 USD"])
    let then = Cut.instants(effective: before, known: nil)
    #expect(try book.ledger.balance(of: account, at: then).balance.decimal == "6.00")
  }

  @Test("a late entry counts at its time but was not known then, whatever comes later still")
  func lateEntry() throws {
    book.clockMicros += 1_000
    let then = try book.perform(.deposit(Amount("10"), to: account)).recordedAt
    book.clockMicros += 1_000
    let earlier = Instant(micros: then.micros - 500)
    try book.perform(.deposit(Amount("5"), to: account), at: earlier)
    let now = try book.ledger.now()

    let asKnownThen = Cut.instants(effective: then, known: then)
    let asKnownNow = Cut.instants(effective: then, known: now)
    let first = try book.ledger.balance(of: account, at: asKnownThen)
    let second = try book.ledger.balance(of: account, at: asKnownNow)
    #expect(first.balance.decimal == "10.00")
    #expect(first.version == 1)
    #expect(second.balance.decimal == "15.00")
    #expect(second.version == 2)
    #expect((first.path.lateMovements, second.path.lateMovements) == (0, 0))
    let late = try book.ledger.balance(of: account, at: .instants(effective: earlier, known: now))
    #expect(late.balance.decimal == "5.00")
    #expect(late.path.lateMovements == 1)

    for step in 1...20 {
      try book.perform(
        .deposit(Amount("1"), to: account), at: Instant(micros: then.micros - Int64(step)))
    }
    for ledger in [book.ledger, try book.reopened()] {
      #expect(try ledger.balance(of: account, at: asKnownThen) == first)
      #expect(try ledger.balance(of: account, at: asKnownNow) == second)
      let all = Cut.instants(effective: then, known: nil)
      #expect(try ledger.balance(of: account, at: all).balance.decimal == "35.00")
    }
  }

  @Test("a closed account is there as it was before, and whole in its history")
  func closed() throws {
    let deposit = try book.perform(.deposit(Amount("10"), to: account))
    book.clockMicros += 1_000
    try book.perform(.withdraw(Amount("10"), from: account))
    book.clockMicros += 1_000
    let close = try book.perform(.close(account))
    let now = try book.reopened().balance(of: account)
    #expect(now.isClosed)
    #expect(now.balance.decimal == "0.00")

    func state(_ cut: Cut) throws -> (isClosed: Bool, balance: String) {
      let answer = try book.reopened().balance(of: account, at: cut)
      return (answer.isClosed, answer.balance.decimal)
    }
    func effective(_ micros: Int64) -> Cut {
      .instants(effective: Instant(micros: micros), known: nil)
    }
    #expect(try state(.version(1)) == (false, "10.00"))
    #expect(try state(.version(2)) == (false, "0.00"))
    #expect(try state(.version(3)) == (true, "0.00"))
    #expect(try state(.position(close.position - 1)) == (false, "0.00"))
    #expect(try state(effective(deposit.effectiveAt.micros)) == (false, "10.00"))
    #expect(try state(effective(close.effectiveAt.micros - 1)) == (false, "0.00"))
    #expect(try state(effective(close.effectiveAt.micros)) == (true, "0.00"))
    var balances: [String] = []
    try book.reopened().forEachMovement(of: account) { balances.append($0.balance.decimal) }
    #expect(balances == ["10.00", "0.00"])
  }
}
