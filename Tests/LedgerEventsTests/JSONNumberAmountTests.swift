import EventStore
import LedgerDomain
import Testing

@testable import LedgerEvents

@Suite("A JSON number as an amount")
struct JSONNumberAmountTests {
  private func minorUnits(_ number: String, _ code: String) throws -> Int64? {
    Money(exactly: number, in: try #require(Currency(code: code)))?.minorUnits
  }

  @Test(
    "is exactly so many minor units",
    arguments: [
      ("100.00", "USD", 100_00), ("100", "USD", 100_00), ("1e2", "USD", 100_00),
      ("1E2", "USD", 100_00), ("1e+2", "USD", 100_00), ("1.0e-1", "USD", 10),
      ("0.1", "USD", 10), ("100.000", "USD", 100_00), ("100.0000000000000000", "USD", 100_00),
      ("12345e-2", "USD", 123_45), ("1234500e-4", "USD", 123_45), ("1.5e0", "USD", 1_50),
      ("0.01", "USD", 1), ("-5", "USD", -5_00), ("-0.01", "USD", -1), ("0", "USD", 0),
      ("-0", "USD", 0), ("0.000", "USD", 0), ("0e9", "USD", 0), ("0.0e-9", "USD", 0),
      ("100", "JPY", 100), ("100.0", "JPY", 100), ("1e2", "JPY", 100), ("1.2e1", "JPY", 12),
      ("100", "BHD", 100_000), ("0.005", "BHD", 5), ("1.0050", "BHD", 1_005),
      ("0.0001", "CLF", 1),
      ("92233720368547758.07", "USD", .max), ("9223372036854775807e-2", "USD", .max),
      ("9223372036854775807", "JPY", .max), ("-9223372036854775808", "JPY", .min),
      ("9223372036854775.807", "BHD", .max), ("0.1e18", "JPY", 100_000_000_000_000_000),
    ] as [(String, String, Int64)])
  func exact(_ number: String, _ code: String, _ expected: Int64) throws {
    #expect(try minorUnits(number, code) == expected)
  }

  @Test(
    "is none if it is no whole number of minor units, or too many: nothing is rounded",
    arguments: [
      ("0.001", "USD"), ("100.005", "USD"), ("1e-3", "USD"), ("33.333333333333336", "USD"),
      ("0.30000000000000004", "USD"), ("1e-2", "JPY"), ("0.5", "JPY"), ("100.01", "JPY"),
      ("0.0005", "BHD"), ("9223372036854775807", "USD"), ("92233720368547758.08", "USD"),
      ("9223372036854775808", "JPY"), ("-9223372036854775809", "JPY"), ("1e17", "USD"),
      ("1e400", "USD"), ("1e-400", "USD"), ("1e99", "USD"), ("1e100", "USD"),
      ("123456789012345678901234567890123456789012", "USD"),
    ])
  func none(_ number: String, _ code: String) throws {
    #expect(try minorUnits(number, code) == nil)
  }

  @Test(
    "may have any exponent that fits in a file",
    arguments: [
      "1e9223372036854775807", "1e-9223372036854775807", "1e-9223372036854775808",
      "1.5e-9223372036854775808", "1e9223372036854775808", "0.1e-99999999999999999999999999",
    ])
  func exponents(_ number: String) throws {
    #expect(try minorUnits(number, "USD") == nil)
  }

  @Test(
    "in a stored movement of version 1 is read, or stops the reader with a sentence",
    arguments: [
      ("100.00", nil), ("1e2", nil), ("0.001", "its amount 0.001 is no amount in USD"),
      ("1e400", "its amount 1e400 is no amount in USD"), ("-5", "not more than zero"),
      ("-0", "not more than zero"), ("0", "not more than zero"),
      (#""100.00""#, "its amount is missing, or is no number"),
      ("null", "its amount is missing, or is no number"),
      ("true", "its amount is missing, or is no number"),
    ] as [(String, String?)], ["MoneyDeposited", "MoneyWithdrawn"])
  func movement(_ amount: (number: String, problem: String?), _ type: String) throws {
    let data = #"{"amount":\#(amount.number),"currency":"USD"}"#
    guard let problem = amount.problem else {
      let movement = try event(type, data).movement
      #expect(movement?.amount.text == "100.00 USD")
      #expect(movement?.balanceAfter == nil)
      return
    }
    let error = try #require(throws: EventDecodingError.self) { try event(type, data) }
    #expect(error.problem.contains(problem), "\(error.problem)")
  }

  private func event(_ type: String, _ data: String) throws -> AccountEvent {
    let frozen = FrozenEvent(
      name: "", type: type, version: 1, data: data, personal: nil, reads: "")
    return try AccountEvent(try frozen.current())
  }
}
