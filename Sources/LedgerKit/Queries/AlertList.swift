import EventStore
public import LedgerDomain
import LedgerProjections

/// What a rule has found.
public struct Alert: Hashable, Sendable {
  /// The rule's name.
  public let rule: String
  /// Global position of the movement that raised it; with the rule's name it names the alert.
  public let position: Int64
  /// What was found.
  public let finding: Finding
  /// Whose movement it is.
  public let account: AccountID
  /// When that counts.
  public let effectiveAt: Instant
  /// Negative for money that left.
  public let amount: Money
  /// The other account of a transfer; nil for other movements.
  public let counterparty: AccountID?
  /// Global position of its acknowledgement; nil if nobody has seen it.
  public let seenPosition: Int64?

  /// `large@1234`
  public var id: String { "\(rule)@\(position)" }

  /// What was found, by kind of rule.
  public enum Finding: Hashable, Sendable {
    /// The amount was large.
    case largeAmount
    /// So many withdrawals within the window.
    case manyWithdrawals(Int64)
    /// So much went out within the window, after as much came in.
    case inAndOut(Money)
    /// Nobody had paid the counterparty from the account before.
    case newCounterparty
    /// The account had slept so long.
    case dormant(micros: Int64)

    /// The name of the kind.
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
}

/// A rule, and since when and until when it was in force.
public struct KnownAlertRule: Hashable, Sendable {
  /// The rule.
  public let rule: AlertRule
  /// Global position of the event that added it.
  public let addedPosition: Int64
  /// Whether it was tried on everything before that too.
  public let isFromStart: Bool
  /// Global position of the event that removed it; nil if it is in force.
  public let removedPosition: Int64?
}

/// Which alerts to list.
public struct AlertFilter: Hashable, Sendable {
  /// Only those of this account.
  public var account: AccountID?
  /// Only those of the rule of this name.
  public var rule: String?
  /// Those that somebody has seen too.
  public var includesSeen = false
  /// At most so many.
  public var limit: Int?

  /// All that nobody has seen.
  public init() {}
}

extension Ledger {
  /// Calls `body` for the alerts that `filter` lets through, the latest movement first.
  public func forEachAlert(
    _ filter: AlertFilter = AlertFilter(),
    progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in },
    _ body: (Alert) throws -> Void
  ) throws {
    var remaining = filter.limit ?? .max
    guard remaining > 0 else { return }
    try store.read(Alerts.self, progress: progress) { alerts, _ in
      try alerts.forEachAlert(
        account: filter.account, rule: filter.rule, includesSeen: filter.includesSeen
      ) { raised in
        try body(try Alert(raised))
        remaining -= 1
        return remaining > 0
      }
    }
  }

  /// Calls `body` for the rules ever added, in that order.
  public func forEachAlertRule(_ body: (KnownAlertRule) throws -> Void) throws {
    try store.read(Alerts.self) { alerts, _ in
      try alerts.forEachRule { known in
        try body(
          KnownAlertRule(
            rule: known.rule, addedPosition: known.addedPosition, isFromStart: known.isFromStart,
            removedPosition: known.removedPosition))
      }
    }
  }
}

extension Alert {
  fileprivate init(_ raised: Alerts.Raised) throws {
    guard let currency = Currency(code: raised.currencyCode),
      let finding = Finding(raised, currency)
    else {
      throw StoreProblem(
        position: raised.position,
        problem: "the projection \(Alerts.name) has an alert of no kind or currency that is known")
    }
    rule = raised.rule
    position = raised.position
    self.finding = finding
    account = try AccountID(raised.accountID)
    effectiveAt = Instant(micros: raised.effectiveMicros)
    amount = Money(minorUnits: raised.amountMinor, in: currency)
    counterparty = try raised.counterparty.map { try AccountID($0) }
    seenPosition = raised.seenPosition
  }
}

extension Alert.Finding {
  fileprivate init?(_ raised: Alerts.Raised, _ currency: Currency) {
    switch raised.kind {
    case "large-amount": self = .largeAmount
    case "many-withdrawals": self = .manyWithdrawals(raised.found)
    case "in-and-out": self = .inAndOut(Money(minorUnits: raised.found, in: currency))
    case "new-counterparty": self = .newCounterparty
    case "dormant": self = .dormant(micros: raised.found)
    default: return nil
    }
  }
}
