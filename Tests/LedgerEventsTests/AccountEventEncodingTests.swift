@testable import EventStore
import LedgerDomain
import LedgerEvents
import Testing
import TestSupport

@Suite("A stored account event")
struct AccountEventEncodingTests {
  private struct Samples {
    let alice: AccountID
    let bob: AccountID
    let usd: Currency

    init() throws {
      (alice, bob) = (try AccountID("alice"), try AccountID("bob"))
      usd = try #require(Currency(code: "USD"))
    }

    func money(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, in: usd) }
  }

  @Test("has bytes that never change: they are hashed and kept for decades")
  func frozenBytes() throws {
    let s = try Samples()
    let movement = AccountEvent.Movement(
      amount: s.money(1_250), balanceAfter: s.money(-50), counterparty: s.bob,
      transferID: "t-\"1\"", description: "rent")
    let cash = AccountEvent.Movement(amount: s.money(5), balanceAfter: s.money(482_050))
    let frozen: [(event: AccountEvent, type: String, data: String)] = [
      (
        .created(.init(accountID: s.alice, overdraftLimit: s.money(5_000), holder: "Ada")),
        "AccountCreated", #"{"accountId":"alice","currency":"USD","overdraftLimit":"50.00"}"#
      ),
      (
        .changed(.init(overdraftLimit: s.money(0), holder: nil)),
        "AccountChanged", #"{"currency":"USD","overdraftLimit":"0.00"}"#
      ),
      (.changed(.init(overdraftLimit: nil, holder: "Ada")), "AccountChanged", "{}"),
      (
        .deposited(movement), "MoneyDeposited",
        #"{"amount":"12.50","currency":"USD","counterparty":"bob","transferId":"t-\"1\"","#
          + #""balanceAfter":"-0.50"}"#
      ),
      (
        .deposited(cash), "MoneyDeposited",
        #"{"amount":"0.05","currency":"USD","balanceAfter":"4820.50"}"#
      ),
      (
        .withdrawn(movement), "MoneyWithdrawn",
        #"{"amount":"12.50","currency":"USD","counterparty":"bob","transferId":"t-\"1\"","#
          + #""balanceAfter":"-0.50"}"#
      ),
      (
        .withdrawn(cash), "MoneyWithdrawn",
        #"{"amount":"0.05","currency":"USD","balanceAfter":"4820.50"}"#
      ),
      (.closed, "AccountClosed", "{}"),
    ]
    for (event, type, data) in frozen {
      let stored = event.stored(salt: fixedSalt)
      #expect(stored.type == type)
      #expect(stored.type == event.typeName)
      #expect(stored.version == 2)
      #expect(stored.dataText == data)
    }
    #expect(AccountEvent.currentVersion == 2)
  }

  @Test(
    "has amounts with exactly the decimals of their currency",
    arguments: [
      ("JPY", "5", "-9223372036854775808"), ("BHD", "0.005", "-9223372036854775.808"),
      ("CLF", "0.0005", "-922337203685477.5808"),
    ])
  func decimals(_ code: String, _ amount: String, _ balance: String) throws {
    let currency = try #require(Currency(code: code))
    let event = AccountEvent.deposited(
      .init(
        amount: Money(minorUnits: 5, in: currency),
        balanceAfter: Money(minorUnits: .min, in: currency)))
    #expect(
      event.stored(salt: fixedSalt).dataText
        == #"{"amount":"\#(amount)","currency":"\#(code)","balanceAfter":"\#(balance)"}"#)
  }

  @Test("has its personal text apart, with a salt")
  func personalText() throws {
    let s = try Samples()
    let cash = AccountEvent.Movement(
      amount: s.money(5), balanceAfter: s.money(5), description: "rent")
    let events: [(event: AccountEvent, field: String, text: String)] = [
      (
        .created(.init(accountID: s.alice, overdraftLimit: s.money(0), holder: "Ada")), "holder",
        "Ada"
      ),
      (.changed(.init(overdraftLimit: nil, holder: "Eve")), "holder", "Eve"),
      (.deposited(cash), "description", "rent"), (.withdrawn(cash), "description", "rent"),
    ]
    for (event, field, text) in events {
      let personal = event.stored(salt: fixedSalt).personalText
      #expect(personal == PersonalText(field: field, salt: fixedSalt(), text: text))
    }
  }

  @Test("has no personal text and asks for no salt if none was given; an empty one was given")
  func noPersonalText() throws {
    let s = try Samples()
    var salts = 0
    let salt = { () -> [UInt8] in
      salts += 1
      return fixedSalt()
    }
    var cash = AccountEvent.Movement(amount: s.money(5), balanceAfter: s.money(5))
    let events: [AccountEvent] = [
      .created(.init(accountID: s.alice, overdraftLimit: s.money(0), holder: nil)),
      .changed(.init(overdraftLimit: s.money(9), holder: nil)), .deposited(cash),
      .withdrawn(cash), .closed,
    ]
    #expect(events.allSatisfy { $0.stored(salt: salt).personalText == nil })
    #expect(salts == 0)
    cash.description = ""
    #expect(AccountEvent.deposited(cash).stored(salt: salt).personalText?.text.isEmpty == true)
    #expect(salts == 1)
  }

  @Test("never has personal text in its data", arguments: [1, 2])
  func dataIsImpersonal(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let marker = "Ada Lovelace 0815"
    var marked = 0
    for _ in 0..<1_000 {
      let event = try AccountEvent.random(
        of: .random(using: &random), marker: marker, using: &random)
      let stored = event.stored(salt: fixedSalt)
      try #require(!stored.dataText.contains(marker))
      if stored.personalText?.text.hasPrefix(marker) == true { marked += 1 }
    }
    #expect(marked > 200)
  }
}
