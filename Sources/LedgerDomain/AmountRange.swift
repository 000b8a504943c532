/// A range of amounts in whatever currency: 25 lets through 25.00 USD, 25 JPY and all that is more.
public struct AmountRange: Hashable, Sendable {
  // In the smallest unit that any currency has; nil is no bound.
  private let least: Int128?
  private let most: Int128?

  /// The amounts from `least` to `most`, both included, written like an `Amount`; nil is no bound.
  ///
  /// Throws `Rejection.invalidAmount`, with no currency.
  public init(from least: String?, through most: String?) throws(Rejection) {
    self.least = try least.map(Self.units)
    self.most = try most.map(Self.units)
  }

  /// Whether `amount` is in the range, whichever its sign.
  public func contains(_ amount: Money) -> Bool {
    var units = Int128(amount.minorUnits.magnitude)
    for _ in amount.currency.decimals..<Currency.mostDecimals { units *= 10 }
    return units >= least ?? 0 && units <= most ?? .max
  }

  private static func units(_ text: String) throws(Rejection) -> Int128 {
    let problem: Rejection.AmountProblem
    switch DecimalText.read(text, decimals: Currency.mostDecimals, as: Int128.self) {
    case .minorUnits(let units): return units
    case .malformed: problem = .malformed
    case .tooManyDecimals: problem = .tooManyDecimals
    case .tooLarge: problem = .tooLarge
    }
    throw .invalidAmount(text: text, currency: nil, problem: problem)
  }
}
