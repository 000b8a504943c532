import Foundation
import LedgerDomain
import Testing

@Suite("A currency")
struct CurrencyTests {
  /// SIX's list of active codes, where the machine has it.
  private static let list = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared/data/iso4217/active.csv")

  @Test("is one of the 165 active codes with minor units")
  func count() {
    #expect(Currency.all.count == 165)
    let codes = Currency.all.map(\.code)
    #expect(codes == codes.sorted())
    #expect(Set(codes).count == 165)
    #expect(
      codes.allSatisfy { $0.utf8.count == 3 && $0.utf8.allSatisfy { (65...90).contains($0) } })
  }

  @Test(
    "has its own number of decimals",
    arguments: [
      ("USD", 2), ("EUR", 2), ("CHF", 2), ("JPY", 0), ("KRW", 0), ("ISK", 0), ("BHD", 3),
      ("KWD", 3), ("TND", 3), ("CLF", 4), ("UYW", 4), ("MGA", 2), ("MRU", 2), ("IDR", 2),
    ])
  func decimals(_ code: String, _ decimals: Int) throws {
    let currency = try #require(Currency(code: code))
    #expect(currency.decimals == decimals)
    #expect(currency.code == code)
    #expect("\(currency)" == code)
  }

  @Test(
    "is nothing without minor units, nothing withdrawn and nothing misspelt",
    arguments: [
      "XAU", "XAG", "XTS", "XXX", "XDR", "XBA", "XSU", "XUA", "DEM", "FRF", "HRK", "ZWL", "BTC",
      "usd", "Usd", "US", "USDT", "USD ", " USD", "", "840", "ＵＳＤ", "US\u{0}",
    ])
  func refused(_ code: String) {
    #expect(Currency(code: code) == nil)
  }

  @Test(
    "agrees with ISO 4217's own list, code by code",
    .enabled(
      if: FileManager.default.fileExists(atPath: list.path),
      "the list of active codes is not on this machine"))
  func agreesWithTheList() throws {
    let lines = try String(contentsOf: Self.list, encoding: .utf8)
      .split(whereSeparator: \.isNewline).dropFirst()
    var listed: [String: Int] = [:]
    var withoutMinorUnits: [String] = []
    for line in lines {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      try #require(fields.count >= 4, "\(line)")
      if let decimals = Int(fields[2]) {
        listed[fields[0]] = decimals
      } else {
        withoutMinorUnits.append(fields[0])
      }
    }
    #expect(listed == Dictionary(uniqueKeysWithValues: Currency.all.map { ($0.code, $0.decimals) }))
    #expect(withoutMinorUnits.contains("XAU") && withoutMinorUnits.contains("XTS"))
    #expect(withoutMinorUnits.allSatisfy { Currency(code: $0) == nil })
  }
}
