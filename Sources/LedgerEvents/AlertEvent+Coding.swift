package import EventStore
import JSONText
package import LedgerDomain

extension AlertEvent {
  private enum Member {
    static let name = "name"
    static let kind = "kind"
    static let account = "account"
    static let amount = "amount"
    static let currency = "currency"
    static let count = "count"
    static let windowUs = "windowUs"
    static let fromStart = "fromStart"
    static let rule = "rule"
    static let position = "position"
  }

  /// The payload.
  var data: [UInt8] {
    switch self {
    case .ruleAdded(let rule, let fromStart):
      let members: [JSONMember?] = [
        JSONMember(Member.name, .string(rule.name)),
        JSONMember(Member.kind, .string(rule.condition.kind)),
        rule.account.map { JSONMember(Member.account, .string($0.text)) },
        rule.condition.amount.map { JSONMember(Member.amount, .string($0.decimal)) },
        rule.condition.amount.map { JSONMember(Member.currency, .string($0.currency.code)) },
        rule.condition.count.map { JSONMember(Member.count, .integer($0)) },
        rule.condition.windowMicros.map { JSONMember(Member.windowUs, .integer($0)) },
        JSONMember(Member.fromStart, .bool(fromStart)),
      ]
      return JSONValue.object(members.compactMap(\.self)).compact
    case .ruleRemoved(let name):
      return JSONValue.object([JSONMember(Member.name, .string(name))]).compact
    case .acknowledged(let rule, let position):
      return JSONValue.object([
        JSONMember(Member.rule, .string(rule)), JSONMember(Member.position, .integer(position)),
      ]).compact
    }
  }

  /// The event that was stored; nil if it is of another type.
  ///
  /// Throws if the type's version is unknown, or if its payload is not, member by member, what this build
  /// would write.
  package init?(_ event: RecordedEvent) throws(EventDecodingError) {
    guard Self.types.contains(where: { $0.name == event.type }) else { return nil }
    func failure(_ problem: String) -> EventDecodingError {
      EventDecodingError(position: event.position, problem: problem)
    }
    guard event.version == Self.currentVersion else {
      throw failure("version \(event.version) of '\(event.type)' is unknown to this version")
    }
    guard let object = try? JSONValue(parsing: event.data) else {
      throw failure("its data is not JSON")
    }
    let decoded: AlertEvent? =
      switch event.type {
      case TypeName.ruleAdded: Self.ruleAdded(object)
      case TypeName.ruleRemoved: object[Member.name]?.string.map { .ruleRemoved(name: $0) }
      case TypeName.acknowledged: Self.acknowledged(object)
      default: nil
      }
    // What is more, less or written otherwise is no event of ours.
    guard let decoded, decoded.data == event.data else {
      throw failure("its data is not what a '\(event.type)' has")
    }
    self = decoded
  }

  private static func ruleAdded(_ object: JSONValue) -> AlertEvent? {
    guard let name = object[Member.name]?.string, let kind = object[Member.kind]?.string,
      case .bool(let fromStart)? = object[Member.fromStart]
    else { return nil }
    var amount: Money?
    if let text = object[Member.amount]?.string {
      guard let currency = object[Member.currency]?.string.flatMap({ Currency(code: $0) }),
        let money = Money(storedDecimal: text, in: currency)
      else { return nil }
      amount = money
    }
    let condition = AlertRule.Condition(
      kind: kind, amount: amount, count: object[Member.count]?.int64,
      windowMicros: object[Member.windowUs]?.int64)
    let account = object[Member.account]?.string
    let id = account.flatMap { try? AccountID($0) }
    guard let condition, account == nil || id != nil,
      let rule = AlertRule(name: name, condition: condition, account: id)
    else { return nil }
    return .ruleAdded(rule, fromStart: fromStart)
  }

  private static func acknowledged(_ object: JSONValue) -> AlertEvent? {
    guard let rule = object[Member.rule]?.string, let position = object[Member.position]?.int64
    else { return nil }
    return .acknowledged(rule: rule, position: position)
  }
}

extension AlertRule.Condition {
  /// Its amount; nil if it has none.
  package var amount: Money? {
    switch self {
    case .largeAmount(let amount), .inAndOut(let amount, _): amount
    case .newCounterparty(let amount): amount
    case .manyWithdrawals, .dormant: nil
    }
  }

  /// How many; nil if it counts nothing.
  package var count: Int64? {
    if case .manyWithdrawals(let count, _) = self { count } else { nil }
  }

  /// Its window in microseconds; nil if it has none.
  package var windowMicros: Int64? {
    switch self {
    case .manyWithdrawals(_, let window), .inAndOut(_, let window): window
    case .dormant(let after): after
    case .largeAmount, .newCounterparty: nil
    }
  }

  /// The condition of that kind; nil if there is no such kind, or if it lacks a parameter or has one too
  /// many.
  package init?(kind: String, amount: Money?, count: Int64?, windowMicros: Int64?) {
    switch (kind, amount, count, windowMicros) {
    case ("large-amount", let amount?, nil, nil): self = .largeAmount(amount)
    case ("many-withdrawals", nil, let count?, let window?):
      self = .manyWithdrawals(count: count, withinMicros: window)
    case ("in-and-out", let amount?, nil, let window?):
      self = .inAndOut(amount, withinMicros: window)
    case ("new-counterparty", let amount, nil, nil): self = .newCounterparty(amount)
    case ("dormant", nil, nil, let after?): self = .dormant(afterMicros: after)
    default: return nil
    }
  }
}
