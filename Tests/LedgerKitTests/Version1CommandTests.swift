import EventStore
import LedgerDomain
import Testing

@testable import LedgerKit

/// What may be done on top of events that version 1 of the program stored.
@Suite("On top of events of version 1")
struct Version1CommandTests {
  @Test("every command works, its balances follow theirs, and the whole verifies")
  func commands() throws {
    let book = try Book()
    let (ada, bob) = (try book.openOldAccount(), try book.open("bob"))
    let deposit = try book.perform(.deposit(Amount("5.50"), to: ada)) { $0.idempotencyKey = "k" }
    #expect(deposit.accounts.map(\.version) == [3])
    #expect(deposit.accounts.map(\.balance.text) == ["80.00 USD"])
    let replay = try book.perform(.deposit(Amount("5.5"), to: ada)) { $0.idempotencyKey = "k" }
    #expect(replay.isReplay)
    let transfer = try book.perform(.transfer(Amount("30"), from: ada, to: bob))
    #expect(transfer.accounts.map(\.balance.decimal) == ["50.00", "30.00"])
    try book.perform(.change(ada, overdraftLimit: Amount("10")))
    try book.perform(.withdraw(Amount("60"), from: ada))
    try book.perform(.deposit(Amount("10"), to: ada))
    try book.perform(.close(ada))
    #expect(try book.ledger.balance(of: ada).isClosed)
    let found = try book.ledger.verify()
    #expect(found.events == 11)
    #expect(try book.reopened().verify() == found)
  }

  @Test("the rules count what they moved, in the past too")
  func rules() throws {
    let book = try Book()
    let ada = try book.openOldAccount()
    let start = book.clockMicros
    let usd = try Book.currency("USD")
    #expect(
      throws: Rejection.insufficientFunds(
        ada, available: Money(minorUnits: 74_50, in: usd),
        needed: Money(minorUnits: 74_51, in: usd))
    ) { try book.perform(.withdraw(Amount("74.51"), from: ada)) }
    try book.perform(.deposit(Amount("100"), to: ada))
    #expect(throws: Rejection.self) {
      try book.perform(
        .withdraw(Amount("80"), from: ada), at: Instant(micros: start - 1_200_000_000))
    }
    #expect(throws: Rejection.self) { try book.open("ada") }
    #expect(throws: Rejection.balanceNotZero(ada, balance: Money(minorUnits: 174_50, in: usd))) {
      try book.perform(.close(ada))
    }
    #expect(try book.ledger.verify().events == 4)
  }

  @Test("a stored close is for ever")
  func closed() throws {
    let book = try Book()
    let ada = try AccountID("ada")
    try book.store("AccountCreated", #"{"accountId":"ada","currency":"JPY"}"#, of: ada)
    try book.store("AccountClosed", "{}", of: ada)
    #expect(try book.accounts().map(\.isClosed) == [true])
    #expect(throws: Rejection.accountClosed(ada)) {
      try book.perform(.deposit(Amount("1"), to: ada))
    }
    #expect(try book.ledger.verify().events == 2)
  }

  @Test("a payload that can't be read back is refused, and leaves no gap to those who go on")
  func malformed() throws {
    let book = try Book()
    let ada = try book.openOldAccount()
    _ = try book.ledger.store.write { transaction in
      #expect(throws: EventDecodingError.self) {
        try transaction.append(Book.commit("MoneyDeposited", 1, #"{"amount":0.001}"#, ada, nil))
      }
      try transaction.append(
        Book.commit("MoneyDeposited", 1, #"{"amount":1,"currency":"USD"}"#, ada, nil))
    }
    #expect(try book.events().map(\.streamPosition) == [0, 1, 2, 3])
    #expect(try book.balance(ada) == "75.50")
    #expect(try book.ledger.verify().events == 4)
  }

  @Test("snapshots are those of a fold from the beginning")
  func snapshots() throws {
    let book = try Book()
    let ada = try book.openOldAccount()
    #expect(try book.ledger.takeSnapshot(of: ada))
    try book.perform(.deposit(Amount("0.50"), to: ada))
    let past = try book.reopened().balance(of: ada, at: .version(3))
    #expect(past.balance.decimal == "75.00")
    #expect(past.path.balanceVersion == 3, "version 2 of the events stores the balance")
    let before = try book.reopened().balance(of: ada, at: .version(2))
    #expect(before.balance.decimal == "74.50")
    #expect(before.path.balanceVersion == nil, "version 1 stores none")
    #expect(before.path.snapshotVersion == 2)
    #expect(before.path.eventsReplayed == 0)
    var checked = 0
    try book.ledger.verifySnapshots { _, problem in
      checked += 1
      #expect(problem == nil)
    }
    #expect(checked == 1)
    #expect(try book.ledger.verify().events == 4)
  }

  @Test(
    "a projection that is built again is the same as the one that grew",
    arguments: [
      "DELETE FROM projections", "UPDATE projections SET version = 0",
      "UPDATE projections SET checkpoint = 1 WHERE lifecycle = 'inline'",
    ])
  func rebuild(_ loss: String) throws {
    let book = try Book()
    let (ada, bob) = (try book.openOldAccount(), try book.open("bob"))
    try book.perform(.transfer(Amount("10"), from: ada, to: bob))
    let raw = try RawFile(book.path)
    let table = try raw.contents(of: ["account_balances"])
    // A row that no event makes, and a wrong balance.
    try raw.run("\(loss); UPDATE account_balances SET account_id = 'eve' WHERE account_id = 'bob'")
    try raw.run("UPDATE account_balances SET balance_minor = 1")
    let ledger = try book.reopened(.readWrite)
    #expect(throws: StoreFileError.projectionOutdated(name: "account_balances")) {
      try book.reopened().balance(of: ada)
    }
    _ = try ledger.rehearse(.deposit(Amount("1"), to: ada), CommandOptions(actor: "tester"))
    #expect(throws: StoreFileError.self) { try book.reopened().balance(of: ada) }
    let receipt = try ledger.perform(.deposit(Amount("1"), to: ada), CommandOptions(actor: "t"))
    #expect(receipt.accounts.map(\.balance.decimal) == ["65.50"])
    #expect(try book.accounts().map(\.holder) == ["Ada Lovelace", nil])
    #expect(try book.accounts().map(\.balance.decimal) == ["65.50", "10.00"])
    let bobs = try #require(table["account_balances"]?.first { $0.first == "'bob'" })
    #expect(try raw.contents(of: ["account_balances"])["account_balances"]?.contains(bobs) == true)
    #expect(try ledger.verify().events == 7)
  }
}
