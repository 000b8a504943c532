import EventStore
import LedgerDomain
import LedgerKit
import Testing

@Suite("What a command expects of its accounts")
struct CommandExpectationTests {
  @Test(
    "of two writers that read the same version, the second is refused and the first one's stays")
  func twoWriters() throws {
    let book = try Book()
    let account = try book.open("a")
    try book.perform(.deposit(Amount("60"), to: account))
    try book.perform(.deposit(Amount("40"), to: account))
    let other = try book.reopened(.readWrite)
    for ledger in [book.ledger, other] { #expect(try ledger.balance(of: account).version == 2) }
    var options = CommandOptions(actor: "tester")
    options.expectedVersion = .exactly(2)
    _ = try book.ledger.perform(.withdraw(Amount("30"), from: account), options)
    #expect(throws: Rejection.versionConflict(account, expected: "2", actual: 3)) {
      try other.perform(.withdraw(Amount("50"), from: account), options)
    }
    for ledger in [book.ledger, other, try book.reopened()] {
      let found = try ledger.balance(of: account)
      #expect(found.balance.decimal == "70.00")
      #expect(found.version == 3)
      var withdrawals: [String] = []
      try ledger.forEachMovement(of: account) { movement in
        if movement.kind == .withdrawal { withdrawals.append(movement.amount.decimal) }
      }
      #expect(withdrawals == ["-30.00"])
    }
    #expect(try book.ledger.verify().events == 4)
  }

  /// A payer at version 3 and a payee at version 8.
  private func payerAndPayee() throws -> (Book, payer: AccountID, payee: AccountID) {
    let book = try Book()
    let (payer, payee) = (try book.open("payer"), try book.open("payee"))
    for _ in 0..<3 { try book.perform(.deposit(Amount("10"), to: payer)) }
    for _ in 0..<8 { try book.perform(.deposit(Amount("1"), to: payee)) }
    return (book, payer, payee)
  }

  @Test(
    "a transfer that expects another version of either account is refused, naming the payer first",
    arguments: [
      (ExpectedVersion.exactly(3), ExpectedVersion.exactly(7), "payee"),
      (.any, .exactly(9), "payee"), (.exactly(3), .noStream, "payee"),
      (.exactly(2), .exactly(8), "payer"), (.exactly(4), .any, "payer"),
      (.exactly(2), .exactly(7), "payer"),
    ])
  func transferRefused(
    _ expected: ExpectedVersion, _ expectedTo: ExpectedVersion, _ named: String
  ) throws {
    let (book, payer, payee) = try payerAndPayee()
    let before = try book.ledger.verify()
    let conflict =
      named == "payer"
      ? Rejection.versionConflict(payer, expected: "\(expected)", actual: 3)
      : .versionConflict(payee, expected: "\(expectedTo)", actual: 8)
    #expect(throws: conflict) {
      try book.perform(.transfer(Amount("5"), from: payer, to: payee)) {
        ($0.expectedVersion, $0.expectedVersionTo) = (expected, expectedTo)
      }
    }
    #expect(try book.ledger.verify() == before)
    #expect(try book.balance(payer) == "30.00")
    #expect(try book.balance(payee) == "8.00")
    #expect(try book.ledger.balance(of: payer).version == 3)
    #expect(try book.ledger.balance(of: payee).version == 8)
  }

  @Test("a transfer that expects both versions rightly is one commit, its events side by side")
  func transferAccepted() throws {
    let (book, payer, payee) = try payerAndPayee()
    let receipt = try book.perform(.transfer(Amount("5"), from: payer, to: payee)) {
      ($0.expectedVersion, $0.expectedVersionTo) = (.exactly(3), .exactly(8))
    }
    #expect(receipt.events.map(\.position) == [14, 15])
    #expect(Set(receipt.events.map(\.commit.header.number)) == [14])
    #expect(receipt.accounts.map(\.version) == [4, 9])
    #expect(receipt.accounts.map(\.balance.decimal) == ["25.00", "13.00"])
    #expect(try book.ledger.verify().events == 15)
  }
}
