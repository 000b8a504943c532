import LedgerDomain
import Testing
import TestSupport

@Suite("Money")
struct MoneyTests {
  @Test("is exact: 0.1 + 0.2 is 0.30")
  func isExact() throws {
    let usd = try Currency.usd
    let sum = try Amount("0.1").money(in: usd).adding(try Amount("0.2").money(in: usd))
    #expect(sum?.decimal == "0.30")
    #expect(sum == usd.money(30))
  }

  @Test(
    "is printed with exactly the decimals of its currency, ungrouped, the same everywhere",
    arguments: [
      (1_250, "USD", "12.50"), (0, "USD", "0.00"), (5, "USD", "0.05"), (-5, "USD", "-0.05"),
      (-123_456_789, "USD", "-1234567.89"), (100, "USD", "1.00"), (0, "JPY", "0"),
      (1_234_567, "JPY", "1234567"), (-7, "JPY", "-7"), (5, "BHD", "0.005"),
      (-1_234, "BHD", "-1.234"), (12_345, "CLF", "1.2345"), (0, "CLF", "0.0000"),
      (Int64.max, "USD", "92233720368547758.07"), (.min, "USD", "-92233720368547758.08"),
      (.max, "JPY", "9223372036854775807"), (.min, "JPY", "-9223372036854775808"),
      (.min, "CLF", "-922337203685477.5808"),
    ])
  func isPrinted(_ minorUnits: Int64, _ code: String, _ decimal: String) throws {
    let money = Money(minorUnits: minorUnits, in: try #require(Currency(code: code)))
    #expect(money.decimal == decimal)
    #expect(money.text == "\(decimal) \(code)")
    #expect(Money(storedDecimal: decimal, in: money.currency) == money)
  }

  @Test("is read back exactly as it was printed, in every currency")
  func roundTrips() throws {
    var random = SeededRandom(seed: 1)
    let edges: [Int64] = [.min, .min + 1, -100, -1, 0, 1, 9, 10, 99, 100, 101, .max - 1, .max]
    for currency in Currency.all {
      // Small and large magnitudes alike.
      let samples = (0..<64).map { Int64.random(in: .min ... .max, using: &random) >> $0 }
      let lost = (edges + samples).filter {
        let money = Money(minorUnits: $0, in: currency)
        return Money(storedDecimal: money.decimal, in: currency) != money
      }
      #expect(lost.isEmpty, "\(currency)")
    }
  }

  @Test("agrees with what somebody may write, wherever both read it")
  func agreesWithAmount() throws {
    var random = SeededRandom(seed: 2)
    for currency in Currency.all {
      let money = Money(minorUnits: .random(in: 0 ... .max, using: &random), in: currency)
      #expect(try Amount(money.decimal).money(in: currency) == money)
    }
  }

  @Test(
    "is not read from text that it would not print",
    arguments: [
      "", "-", ".", "12", "12.5", "12.500", "012.50", "-0.00", "+1.00", "--1.00", "1,00",
      "1.00 ", " 1.00", "1.00 USD", ".50", "1.", "1e2", "١.٠٠", "NaN", "92233720368547758.08",
      "-92233720368547758.09", "184467440737095516.16", String(repeating: "9", count: 40),
    ])
  func isCanonical(_ text: String) throws {
    #expect(Money(storedDecimal: text, in: try Currency.usd) == nil)
  }

  @Test(
    "adds up to what 64 bits hold and no further",
    arguments: [
      (1, 2, 3), (Int64.max, 0, Int64.max), (.max, 1, nil), (.max, .max, nil), (.max, .min, -1),
      (.min, -1, nil), (.min, 0, .min), (.max - 1, 1, .max),
    ] as [(Int64, Int64, Int64?)])
  func adds(_ left: Int64, _ right: Int64, _ sum: Int64?) throws {
    let usd = try Currency.usd
    #expect(usd.money(left).adding(usd.money(right)) == sum.map(usd.money))
    #expect(usd.money(right).adding(usd.money(left)) == sum.map(usd.money))
  }

  @Test(
    "subtracts down to what 64 bits hold and no further",
    arguments: [
      (3, 2, 1), (0, .max, -Int64.max), (-1, .max, .min), (-2, .max, nil), (0, .min, nil),
      (-1, .min, .max), (.min, 1, nil), (.min, .min, 0),
    ] as [(Int64, Int64, Int64?)])
  func subtracts(_ left: Int64, _ right: Int64, _ difference: Int64?) throws {
    let usd = try Currency.usd
    #expect(usd.money(left).subtracting(usd.money(right)) == difference.map(usd.money))
  }

  @Test("of one currency is never that of another")
  func knowsItsCurrency() throws {
    let eur = try #require(Currency(code: "EUR"))
    #expect(try Currency.usd.money(5) != eur.money(5))
  }
}
