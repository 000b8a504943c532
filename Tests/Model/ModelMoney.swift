import LedgerDomain

/// Amounts and instants as the model reads and writes them.
enum ModelMoney {
  /// How many decimals the currencies of a trial have. Any other code is unknown.
  static let decimals: [(code: String, count: Int)] = [
    ("USD", 2), ("EUR", 2), ("JPY", 0), ("BHD", 3),
  ]

  static func decimals(of currency: String) -> Int? {
    decimals.first { $0.code == currency }?.count
  }

  /// `12.50`, with the currency's decimals.
  static func text(_ minorUnits: Int128, _ currency: String) -> String {
    let count = decimals(of: currency) ?? 0
    var digits = String(minorUnits.magnitude)
    while digits.count <= count { digits = "0" + digits }
    let whole = digits.dropLast(count)
    let sign = minorUnits < 0 ? "-" : ""
    return sign + whole + (count == 0 ? "" : "." + digits.suffix(count))
  }

  static func text(_ minorUnits: Int64, _ currency: String) -> String {
    text(Int128(minorUnits), currency)
  }

  /// Minor units of `amount` in the account's `currency`: digits, at most one point between them, no more
  /// decimals than the currency has, and no more than 64 bits hold.
  static func minorUnits(
    _ amount: ModelAmount, in currency: String, mayBeZero: Bool
  ) throws(ModelRefusal) -> Int64 {
    if let code = amount.currency, code != currency {
      guard decimals(of: code) != nil else {
        throw ModelRefusal("unknown_currency", ["currency": code])
      }
      throw ModelRefusal(
        "currency_mismatch", ["currency": code, "accountCurrency": currency])
    }
    guard let minorUnits = minorUnits(amount.text, decimals: decimals(of: currency) ?? 0),
      minorUnits > 0 || mayBeZero
    else {
      throw ModelRefusal("invalid_amount", ["amount": amount.text, "currency": currency])
    }
    return minorUnits
  }

  private static func minorUnits(_ text: String, decimals: Int) -> Int64? {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(digits.contains) })
    else { return nil }
    let fraction = parts.count == 2 ? Array(parts[1]) : []
    guard fraction.count <= decimals else { return nil }
    let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: decimals - fraction.count)
    return Int64(String(decoding: parts[0] + fraction + zeros, as: UTF8.self))
  }

  /// As the ledger writes instants.
  static func instant(_ micros: Int64) -> String { "\(Instant(micros: micros))" }
}
