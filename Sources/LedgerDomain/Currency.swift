/// A currency with a fixed number of decimals (ISO 4217).
public struct Currency: Hashable, Sendable {
  /// The letters of the code as one number: amounts are copied a lot, and this costs nothing to copy.
  private let letters: UInt32
  private let decimalCount: UInt8

  /// The active currency called `code`; nil if there is none or it has no minor units.
  public init?(code: String) {
    var code = code
    guard let currency = code.withUTF8({ Currency(code: UnsafeRawBufferPointer($0)) }) else {
      return nil
    }
    self = currency
  }

  /// The active currency whose code has these bytes; nil if there is none or it has no minor units.
  public init?(code bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 3 else { return nil }
    let letters = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard let decimals = Self.decimalsByLetters[letters] else { return nil }
    (self.letters, decimalCount) = (letters, decimals)
  }

  /// Three capital letters, such as `USD`.
  public var code: String {
    withUnsafeBytes(of: letters.bigEndian) { String(decoding: $0.dropFirst(), as: UTF8.self) }
  }

  /// How many decimals an amount has: 2 for `USD`, 0 for `JPY`, 3 for `BHD`.
  public var decimals: Int { Int(decimalCount) }

  /// The most decimals that an amount of any currency has.
  static let mostDecimals = codesByDecimals.reduce(0) { max($0, Int($1.decimals)) }

  /// Every currency, ordered by code.
  public static var all: [Currency] {
    codesByDecimals.flatMap { $0.codes.split(whereSeparator: \.isWhitespace) }.sorted()
      .compactMap { Currency(code: String($0)) }
  }

  private static let decimalsByLetters: [UInt32: UInt8] = {
    var table: [UInt32: UInt8] = [:]
    for (decimals, codes) in codesByDecimals {
      for code in codes.split(whereSeparator: \.isWhitespace) {
        table[code.utf8.reduce(0) { $0 << 8 | UInt32($1) }] = decimals
      }
    }
    return table
  }()
}

extension Currency: CustomStringConvertible {
  /// The code.
  public var description: String { code }
}
