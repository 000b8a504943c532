/// An exact amount of one currency: a whole number of its minor units, which may be negative.
public struct Money: Hashable, Sendable {
  /// Cents for `USD`, yen for `JPY`.
  public let minorUnits: Int64
  /// What it is an amount of.
  public let currency: Currency

  /// So many minor units of `currency`.
  public init(minorUnits: Int64, in currency: Currency) {
    self.minorUnits = minorUnits
    self.currency = currency
  }

  /// Nothing, in `currency`.
  public static func zero(in currency: Currency) -> Money {
    Money(minorUnits: 0, in: currency)
  }

  /// The sum; nil if it does not fit in 64 bits.
  public func adding(_ other: Money) -> Money? {
    precondition(currency == other.currency, "amounts of different currencies are never added")
    let (sum, overflow) = minorUnits.addingReportingOverflow(other.minorUnits)
    return overflow ? nil : Money(minorUnits: sum, in: currency)
  }

  /// The difference; nil if it does not fit in 64 bits.
  public func subtracting(_ other: Money) -> Money? {
    precondition(currency == other.currency, "amounts of different currencies are never subtracted")
    let (difference, overflow) = minorUnits.subtractingReportingOverflow(other.minorUnits)
    return overflow ? nil : Money(minorUnits: difference, in: currency)
  }
}

extension Money {
  /// Decimal text with exactly the currency's decimals and a `-` in front if negative: `"4820.50"`.
  ///
  /// The same in every locale, and read back exactly by `init(storedDecimal:in:)`.
  public var decimal: String {
    Money.decimal(of: minorUnits, decimals: currency.decimals)
  }

  /// `decimal` and the currency's code: `"4820.50 USD"`.
  public var text: String { "\(decimal) \(currency.code)" }

  /// Reads what `decimal` writes; nil for any other text.
  public init?(storedDecimal text: String, in currency: Currency) {
    var text = text
    guard
      let money = text.withUTF8({ Money(storedDecimal: UnsafeRawBufferPointer($0), in: currency) })
    else { return nil }
    self = money
  }

  /// Reads the bytes of what `decimal` writes; nil for any others.
  public init?(storedDecimal bytes: UnsafeRawBufferPointer, in currency: Currency) {
    let isNegative = bytes.first == UInt8(ascii: "-")
    let digits = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(isNegative ? 1 : 0))
    let whole = currency.decimals == 0 ? digits.count : digits.count - currency.decimals - 1
    guard whole == 1 || whole > 1 && digits[0] != UInt8(ascii: "0") else { return nil }
    var units: UInt64 = 0
    for (index, digit) in digits.enumerated() {
      if index == whole {
        guard digit == UInt8(ascii: ".") else { return nil }
      } else {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit), units.appendDigit(digit)
        else { return nil }
      }
    }
    guard let minorUnits = isNegative ? Int64(exactly: -Int128(units)) : Int64(exactly: units),
      !isNegative || minorUnits < 0
    else { return nil }
    self.init(minorUnits: minorUnits, in: currency)
  }

  static func decimal(of minorUnits: Int64, decimals: Int) -> String {
    var rest = minorUnits.magnitude
    // 19 digits at most, a sign, a point, and zeros in front of the decimals.
    let longest = 24 + decimals
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longest) { digits in
      var start = longest
      func prepend(_ byte: UInt8) {
        start -= 1
        digits[start] = byte
      }
      var written = 0
      repeat {
        if written == decimals, written > 0 { prepend(UInt8(ascii: ".")) }
        prepend(UInt8(ascii: "0") + UInt8(rest % 10))
        rest /= 10
        written += 1
      } while rest > 0 || written <= decimals
      if minorUnits < 0 { prepend(UInt8(ascii: "-")) }
      return String(decoding: UnsafeBufferPointer(rebasing: digits[start...]), as: UTF8.self)
    }
  }
}

/// Decimal text without a sign, such as `25`, `25.00` or `0.5`.
enum DecimalText {
  enum Reading<Units: FixedWidthInteger>: Equatable {
    case minorUnits(Units)
    /// Not digits with at most one point between them.
    case malformed
    /// More decimals than the currency has.
    case tooManyDecimals
    /// More than `Units` hold.
    case tooLarge
  }

  /// Reads `text` as a number of minor units: exactly, or not at all.
  static func read<Units: FixedWidthInteger>(
    _ text: some StringProtocol, decimals: Int, as type: Units.Type = UInt64.self
  ) -> Reading<Units> {
    var units: Units = 0
    var isTooLarge = false
    var digitsBefore = 0
    var digitsAfter: Int?
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if let count = digitsAfter { digitsAfter = count + 1 } else { digitsBefore += 1 }
        isTooLarge = !units.appendDigit(byte) || isTooLarge
      case UInt8(ascii: "."):
        guard digitsAfter == nil, digitsBefore > 0 else { return .malformed }
        digitsAfter = 0
      default: return .malformed
      }
    }
    guard digitsBefore > 0, digitsAfter != 0 else { return .malformed }
    let given = digitsAfter ?? 0
    guard given <= decimals else { return .tooManyDecimals }
    for _ in given..<decimals { isTooLarge = !units.appendDigit(UInt8(ascii: "0")) || isTooLarge }
    return isTooLarge ? .tooLarge : .minorUnits(units)
  }
}

extension FixedWidthInteger {
  /// Appends one ASCII digit; false if the number would not fit.
  fileprivate mutating func appendDigit(_ digit: UInt8) -> Bool {
    let (tenfold, overflow) = multipliedReportingOverflow(by: 10)
    let (sum, carry) = tenfold.addingReportingOverflow(Self(digit - UInt8(ascii: "0")))
    self = sum
    return !overflow && !carry
  }
}
