/// Something about the movements of an account that somebody wants to be told of.
///
/// Windows are lengths of effective time: a movement is judged against what counts at or before it and not
/// longer ago than the window, as far as it was recorded before. So the same log always raises the same
/// alerts.
public struct AlertRule: Hashable, Sendable {
  /// Names it: 1 to 64 ASCII letters, digits and `-_.`.
  public let name: String
  /// What it looks for.
  public let condition: Condition
  /// Only movements of this account; nil means every one.
  public let account: AccountID?

  /// What a rule looks for.
  public enum Condition: Hashable, Sendable {
    /// One movement of at least so much; a transfer once, with the leg that pays.
    case largeAmount(Money)
    /// The withdrawal or paid transfer that makes it so many within the window; not if it raised
    /// another within the window before.
    case manyWithdrawals(count: Int64, withinMicros: Int64)
    /// The movement with which at least so much came in and at least so much went out within the window,
    /// whichever was first.
    case inAndOut(Money, withinMicros: Int64)
    /// The first transfer to a counterparty, if it is of at least the amount; nil is any amount.
    case newCounterparty(Money?)
    /// A movement that counts so much later than the latest before it.
    case dormant(afterMicros: Int64)

    /// The name of its kind, for people and in the file.
    public var kind: String {
      switch self {
      case .largeAmount: "large-amount"
      case .manyWithdrawals: "many-withdrawals"
      case .inAndOut: "in-and-out"
      case .newCounterparty: "new-counterparty"
      case .dormant: "dormant"
      }
    }
  }

  /// The names of all kinds.
  public static let kinds = [
    "large-amount", "many-withdrawals", "in-and-out", "new-counterparty", "dormant",
  ]

  /// Nil if `name` is none, an amount is not more than zero, or a count or a window is not at least 1.
  public init?(name: String, condition: Condition, account: AccountID? = nil) {
    let isName =
      (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
          || (0x61...0x7A).contains(byte) || "-_.".utf8.contains(byte)
      }
    guard isName, condition.isPossible else { return nil }
    (self.name, self.condition, self.account) = (name, condition, account)
  }
}

extension AlertRule.Condition {
  /// The longest window: ten years.
  public static let longestMicros: Int64 = 3_660 * 86_400 * 1_000_000

  fileprivate var isPossible: Bool {
    func isWindow(_ micros: Int64) -> Bool { (1...Self.longestMicros).contains(micros) }
    return switch self {
    case .largeAmount(let amount): amount.minorUnits > 0
    case .manyWithdrawals(let count, let window):
      (1...1_000_000).contains(count) && isWindow(window)
    case .inAndOut(let amount, let window): amount.minorUnits > 0 && isWindow(window)
    case .newCounterparty(let amount): amount.map { $0.minorUnits > 0 } ?? true
    case .dormant(let after): isWindow(after)
    }
  }

  /// The currency of its amount; nil if it has none.
  public var currency: Currency? {
    switch self {
    case .largeAmount(let amount), .inAndOut(let amount, _): amount.currency
    case .newCounterparty(let amount): amount?.currency
    case .manyWithdrawals, .dormant: nil
    }
  }
}
