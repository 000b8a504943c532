import LedgerDomain
import Testing
import TestSupport

@Suite("A range of amounts")
struct AmountRangeTests {
  private func money(_ decimal: String, _ code: String) throws -> Money {
    let currency = try #require(Currency(code: code))
    return try #require(Money(storedDecimal: decimal, in: currency))
  }

  @Test("compares exactly, in whatever currency, both ends included")
  func exact() throws {
    let range = try AmountRange(from: "25.0", through: "100.0001")
    for (decimal, code, isIn) in [
      ("24.99", "USD", false), ("25.00", "USD", true), ("100.00", "USD", true),
      ("100.01", "USD", false), ("24", "JPY", false), ("25", "JPY", true), ("100", "JPY", true),
      ("101", "JPY", false), ("24.999", "BHD", false), ("25.000", "BHD", true),
      ("100.001", "BHD", false), ("100.0001", "CLF", true), ("100.0002", "CLF", false),
      ("-25.00", "USD", true), ("-24.99", "USD", false), ("0.00", "USD", false),
    ] {
      #expect(try range.contains(money(decimal, code)) == isIn, "\(decimal) \(code)")
    }
  }

  @Test("may be open at either end, or at both")
  func open() throws {
    let (small, large) = (try money("0.01", "USD"), try money("92233720368547758.07", "USD"))
    let most = Money(minorUnits: .max, in: try #require(Currency(code: "JPY")))
    let least = Money(minorUnits: .min, in: most.currency)
    #expect(
      try [small, large, most, least].allSatisfy(AmountRange(from: nil, through: nil).contains))
    let from = try AmountRange(from: "92233720368547758.0700", through: nil)
    #expect([small, large, most, least].map(from.contains) == [false, true, true, true])
    let through = try AmountRange(from: nil, through: "9223372036854775806.9999")
    #expect([small, large, most, least].map(through.contains) == [true, true, false, false])
    #expect(try !AmountRange(from: "2", through: "1").contains(money("1.50", "USD")))
  }

  @Test("contains what lies between, as a comparison of fractions has it")
  func model() throws {
    var random = SeededRandom(seed: 21)
    var hits = 0
    for _ in 0..<3_000 {
      let code = try #require(["JPY", "USD", "BHD", "CLF"].randomElement(using: &random))
      let currency = try #require(Currency(code: code))
      let units = Int64.random(in: 1...3_000, using: &random)
      // A bound in ten-thousandths, written with as few decimals as it takes or with all of them.
      let bound = Int64.random(in: 0...300_000, using: &random)
      let fraction = String(String(10_000 + bound % 10_000).dropFirst())
      let scale = Array([Int64(10_000), 1_000, 100, 10, 1])[currency.decimals]
      let range = try AmountRange(from: "\(bound / 10_000).\(fraction)", through: nil)
      let isIn = units * scale >= bound
      #expect(range.contains(Money(minorUnits: units, in: currency)) == isIn)
      if isIn { hits += 1 }
    }
    #expect((500..<2_900).contains(hits))
  }

  @Test(
    "refuses bounds that are no amount, and asks for no currency",
    arguments: [
      ("1,000", Rejection.AmountProblem.malformed), ("1e3", .malformed), ("-5", .malformed),
      ("+5", .malformed), ("", .malformed), ("5 USD", .malformed), ("NaN", .malformed),
      ("٣", .malformed), ("5.", .malformed), (".5", .malformed), ("1.00000", .tooManyDecimals),
      (String(repeating: "9", count: 40), .tooLarge),
    ])
  func malformed(_ text: String, _ problem: Rejection.AmountProblem) {
    let refusal = Rejection.invalidAmount(text: text, currency: nil, problem: problem)
    #expect(throws: refusal) { try AmountRange(from: text, through: nil) }
    #expect(throws: refusal) { try AmountRange(from: "1", through: text) }
    #expect(refusal.message.hasPrefix("'\(text)' is no amount: "))
    #expect(refusal.facts.map(\.name) == ["amount"])
  }
}
