@testable import EventStore
import LedgerDomain
import Testing
import TestSupport

@testable import LedgerEvents

@Suite("A payload that is read without a JSON tree")
struct CanonicalPayloadTests {
  /// What reading comes to: an event, or the error.
  private func outcome(
    _ read: () throws(EventDecodingError) -> AccountEvent
  ) -> Result<AccountEvent, EventDecodingError> {
    do throws(EventDecodingError) { return .success(try read()) } catch { return .failure(error) }
  }

  private func expectAgreement(_ event: RecordedEvent) {
    let (fast, general) = (
      outcome { () throws(EventDecodingError) in try AccountEvent(event) },
      outcome { () throws(EventDecodingError) in try AccountEvent(parsing: event) }
    )
    #expect(fast == general, "\(String(decoding: event.data, as: UTF8.self))")
  }

  @Test("is every movement that this program stores, if its texts are plain")
  func isUsed() throws {
    let (usd, jpy) = (try #require(Currency(code: "USD")), try #require(Currency(code: "JPY")))
    let account = try AccountID("a")
    for currency in [usd, jpy] {
      var movement = AccountEvent.Movement(
        amount: Money(minorUnits: 5, in: currency),
        balanceAfter: Money(minorUnits: -5, in: currency))
      for text in [nil, "Rent, \"ä\""] {
        for counterparty in [nil, account] {
          (movement.description, movement.counterparty) = (text, counterparty)
          movement.transferID = counterparty.map { "019\($0)" }
          for event in [AccountEvent.deposited(movement), .withdrawn(movement)] {
            let recorded = try RecordedEvent(event.stored(salt: fixedSalt), of: account)
            #expect(AccountEvent.canonical(recorded) == event)
          }
        }
      }
    }
  }

  @Test("says what the parser says, of 4,000 random events", arguments: [1, 2, 3, 4] as [UInt64])
  func random(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var canonical = 0
    for _ in 0..<1_000 {
      let account = try AccountID.random(using: &random)
      let event = try AccountEvent.random(of: account, marker: "", using: &random)
      let recorded = try RecordedEvent(event.stored(salt: fixedSalt), of: account)
      expectAgreement(recorded)
      if AccountEvent.canonical(recorded) != nil { canonical += 1 }
    }
    #expect(canonical > 100)
  }

  @Test(
    "says what the parser says, whichever bytes are changed, lost or added", arguments: [1, 2, 3])
  func mutated(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let account = try AccountID("a")
    let usd = try #require(Currency(code: "USD"))
    let bytes = Array(#"0123456789.-"\{}:, aAzZ}]"#.utf8) + [0, 0x1F, 0x7F, 0x80, 0xC3, 0xA4, 0xFF]
    let movement = AccountEvent.Movement(
      amount: Money(minorUnits: 1_234, in: usd), balanceAfter: Money(minorUnits: 10_000, in: usd),
      counterparty: try AccountID("b"), transferID: "t-1", description: "d")
    let stored = AccountEvent.deposited(movement).stored(salt: fixedSalt)
    for _ in 0..<5_000 {
      var changed = stored
      for _ in 0...Int.random(in: 0...2, using: &random) {
        let place = Int.random(in: 0..<changed.data.count, using: &random)
        let byte = try #require(bytes.randomElement(using: &random))
        switch Int.random(in: 0..<4, using: &random) {
        case 0: changed.data.insert(byte, at: place)
        case 1: changed.data.remove(at: place)
        case 2: changed.data.swapAt(place, Int.random(in: 0..<changed.data.count, using: &random))
        default: changed.data[place] = byte
        }
      }
      expectAgreement(try RecordedEvent(changed, of: account))
    }
  }

  @Test(
    "is left to the parser in any other shape",
    arguments: [
      #"{"currency":"USD","amount":"1.00","balanceAfter":"1.00"}"#,
      #"{"amount":"1.00","currency":"USD","balanceAfter":"1.00","balanceAfter":"2.00"}"#,
      #"{"amount":"1.00","currency":"USD","balanceAfter":"1.00"} "#,
      #"{"amount":"1.0","currency":"USD","balanceAfter":"1.00"}"#,
      #"{"amount":"01.00","currency":"USD","balanceAfter":"1.00"}"#,
      #"{"amount":"-1.00","currency":"USD","balanceAfter":"1.00"}"#,
      #"{"amount":"0.00","currency":"USD","balanceAfter":"1.00"}"#,
      #"{"amount":"1.00","currency":"USD","balanceAfter":"-0.00"}"#,
      #"{"amount":"92233720368547758.08","currency":"USD","balanceAfter":"1.00"}"#,
      #"{"amount":"1.00","currency":"usd","balanceAfter":"1.00"}"#,
      #"{"amount":"1.00","currency":"USD","balanceAfter":null}"#,
      #"{"amount":"1.00","currency":"USD"}"#, #"{"amount":"1.00"#, "{}", "",
    ])
  func otherShapes(_ data: String) throws {
    for type in ["MoneyDeposited", "MoneyWithdrawn", "AccountClosed"] {
      let event = RecordedEvent(type: type, data: Array(data.utf8), of: try AccountID("a"))
      #expect(AccountEvent.canonical(event) == nil)
      expectAgreement(event)
    }
  }

  @Test("needs its text to stand under the right name, and the current version")
  func otherNames() throws {
    let data = Array(#"{"amount":"1.00","currency":"USD","balanceAfter":"1.00"}"#.utf8)
    let text = PersonalText(field: "holder", salt: fixedSalt(), text: "x")
    let account = try AccountID("a")
    for event in [
      RecordedEvent(type: "MoneyDeposited", data: data, of: account, personalText: text),
      RecordedEvent(type: "MoneyDeposited", version: 1, data: data, of: account),
      RecordedEvent(type: "MoneyDeposited", version: 3, data: data, of: account),
    ] {
      #expect(AccountEvent.canonical(event) == nil)
      expectAgreement(event)
    }
  }
}
