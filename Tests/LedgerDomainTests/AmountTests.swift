import LedgerDomain
import Testing

@Suite("An amount")
struct AmountTests {
  @Test(
    "reads decimal text exactly, or not at all",
    arguments: [
      ("25", "USD", 2_500), ("25.00", "USD", 2_500), ("12.5", "USD", 1_250),
      ("12.50", "USD", 1_250), ("0.5", "USD", 50), ("0.01", "USD", 1), ("0", "USD", 0),
      ("0.00", "USD", 0), ("007.50", "USD", 750), ("92233720368547758.07", "USD", Int64.max),
      ("25", "JPY", 25), ("9223372036854775807", "JPY", .max), ("25", "BHD", 25_000),
      ("1.2", "BHD", 1_200), ("0.001", "BHD", 1), ("1.2345", "CLF", 12_345),
      ("0.5", "CLF", 5_000),
    ])
  func reads(_ text: String, _ code: String, _ minorUnits: Int64) throws {
    let currency = try #require(Currency(code: code))
    #expect(try Amount(text).money(in: currency) == Money(minorUnits: minorUnits, in: currency))
  }

  @Test(
    "refuses whatever is not digits with at most one point between them",
    arguments: [
      "1,234.50", "1,000", "1e3", "1E3", "-0", "-5", "+5", "١٢", "٣", "１２", "½", "5\u{301}",
      " 12.50 ", " 5", "5 ", "12.505 USD", "12.50 USD", "USD", "NaN", "inf", "", ".", ".5", "5.",
      "1.2.3", "1..2", "0x10", "1_000", "12 50", "5\u{0}", "5\n", "$5", "5.0.", "-", "--5",
    ])
  func refusesMalformed(_ text: String) throws {
    try expect(text, in: "USD", isRefusedAs: .malformed)
  }

  @Test(
    "refuses more decimals than the currency has, even zeros: nothing is rounded",
    arguments: [
      ("12.505", "USD"), ("12.500", "USD"), ("0.000000000001", "USD"), ("1.0", "JPY"),
      ("1.2345", "BHD"), ("1.23456", "CLF"), ("99999999999999999999.999", "USD"),
    ])
  func refusesTooManyDecimals(_ text: String, _ code: String) throws {
    try expect(text, in: code, isRefusedAs: .tooManyDecimals)
  }

  @Test(
    "refuses more than 64 bits hold",
    arguments: [
      ("92233720368547758.08", "USD"), ("92233720368547759", "USD"),
      ("9223372036854775807", "USD"), ("9223372036854775808", "JPY"),
      ("18446744073709551615", "JPY"), ("18446744073709551616", "JPY"),
      ("18446744073709551617", "JPY"), ("1844674407370955162", "CLF"),
      (String(repeating: "9", count: 40), "USD"), (String(repeating: "1", count: 40), "JPY"),
      ("1" + String(repeating: "0", count: 39), "BHD"), (String(repeating: "7", count: 40), "CLF"),
    ])
  func refusesTooLarge(_ text: String, _ code: String) throws {
    try expect(text, in: code, isRefusedAs: .tooLarge)
  }

  @Test("of a movement is more than zero", arguments: ["0", "0.0", "0.00", "000"])
  func movementIsPositive(_ text: String) throws {
    let usd = try Currency.usd
    let refusal = Rejection.invalidAmount(text: text, currency: usd, problem: .notPositive)
    #expect(throws: refusal) { try Amount(text).movement(in: usd) }
    #expect(try Amount(text).money(in: usd) == .zero(in: usd))
    #expect(try Amount("0.01").movement(in: usd) == usd.money(1))
  }

  @Test("may name the account's currency, and no other")
  func namesACurrency() throws {
    let usd = try Currency.usd
    #expect(try Amount("25.00", currencyCode: "USD").money(in: usd) == usd.money(2_500))
    #expect(throws: Rejection.currencyMismatch(given: "EUR", expected: usd)) {
      try Amount("25.00", currencyCode: "EUR").money(in: usd)
    }
    for code in ["ZZZ", "usd", "XAU", "", "US", "USD "] {
      #expect(throws: Rejection.unknownCurrency(code: code)) {
        try Amount("25.00", currencyCode: code).money(in: usd)
      }
    }
  }

  @Test("made of money is that money again", arguments: [0, 1, 99, 100, 2_500, Int64.max])
  func ofMoney(_ minorUnits: Int64) throws {
    for code in ["USD", "JPY", "BHD", "CLF"] {
      let money = Money(minorUnits: minorUnits, in: try #require(Currency(code: code)))
      #expect(try Amount(money).money(in: money.currency) == money)
    }
  }

  /// Expects `text` to be refused, naming it, its currency and what is wrong with it.
  private func expect(
    _ text: String, in code: String, isRefusedAs problem: Rejection.AmountProblem,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let currency = try #require(Currency(code: code))
    let refusal = Rejection.invalidAmount(text: text, currency: currency, problem: problem)
    #expect(throws: refusal, sourceLocation: sourceLocation) {
      try Amount(text).money(in: currency)
    }
    #expect(throws: refusal, sourceLocation: sourceLocation) {
      try Amount(text).movement(in: currency)
    }
  }
}
