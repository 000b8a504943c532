/// The sum of many balances in one currency.
public struct CurrencyTotal: Hashable, Sendable {
  /// The currency.
  public let currency: Currency
  /// In 128 bits: a sum may exceed what one balance can hold.
  public var minorUnits: Int128

  /// So many minor units of `currency`.
  public init(currency: Currency, minorUnits: Int128) {
    (self.currency, self.minorUnits) = (currency, minorUnits)
  }

  /// Reads what `decimal` writes; nil for any other text.
  public init?(storedDecimal text: String, in currency: Currency) {
    guard let minorUnits = Int128(text.filter { $0 != "." }) else { return nil }
    self.init(currency: currency, minorUnits: minorUnits)
    guard decimal.utf8.elementsEqual(text.utf8) else { return nil }
  }

  /// Decimal text with exactly the currency's decimals and a `-` in front if negative: `"4820.50"`.
  public var decimal: String {
    let decimals = currency.decimals
    let digits = String(minorUnits.magnitude)
    let zeros = String(repeating: "0", count: max(0, decimals + 1 - digits.utf8.count))
    let padded = zeros + digits
    let point = decimals == 0 ? "" : "."
    return (minorUnits < 0 ? "-" : "") + padded.dropLast(decimals) + point
      + padded.suffix(decimals)
  }

  /// `decimal` and the currency's code: `"4820.50 USD"`.
  public var text: String { "\(decimal) \(currency.code)" }
}
