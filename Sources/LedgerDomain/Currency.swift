/// A currency with a fixed number of decimals (ISO 4217).
public struct Currency: Hashable, Sendable {
  /// Three capital letters, such as `USD`.
  public let code: String
  /// How many decimals an amount has: 2 for `USD`, 0 for `JPY`, 3 for `BHD`.
  public let decimals: Int

  /// The active currency called `code`; nil if there is none or it has no minor units.
  public init?(code: String) {
    guard let decimals = Self.decimalsByCode[code] else { return nil }
    self.code = code
    self.decimals = Int(decimals)
  }

  /// Every currency, ordered by code.
  public static var all: [Currency] {
    decimalsByCode.keys.sorted().compactMap { Currency(code: $0) }
  }

  private static let decimalsByCode: [String: UInt8] = {
    var table: [String: UInt8] = [:]
    for (decimals, codes) in codesByDecimals {
      for code in codes.split(whereSeparator: \.isWhitespace) { table[String(code)] = decimals }
    }
    return table
  }()
}

extension Currency: CustomStringConvertible {
  /// The code.
  public var description: String { code }
}
