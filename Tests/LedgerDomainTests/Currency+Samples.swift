import LedgerDomain
import Testing

extension Currency {
  /// US dollars: 2 decimals.
  static var usd: Currency {
    get throws { try #require(Currency(code: "USD")) }
  }

  /// `minorUnits` of this currency.
  func money(_ minorUnits: Int64) -> Money {
    Money(minorUnits: minorUnits, in: self)
  }
}
