/// Rules that look at every movement. The model raises alerts for large amounts; of the other kinds it only
/// knows that there is such a rule.
extension ModelLedger {
  struct AlertRule {
    let name: String
    let kind: String
    let least: Int64?
    let currency: String?
    let addedAt: Int64
    let isFromStart: Bool
    var removedAt: Int64?
  }

  private struct Alert {
    let rule: String
    let position: Int64
    let event: Event
  }

  mutating func decideAlert(
    _ command: ModelCommand, _ options: ModelOptions, _ step: ModelStep
  ) throws(ModelRefusal) -> ModelOutcome {
    let now = try nextRecordedAt(step.clockMicros, step.handle)
    switch command {
    case .addAlertRule(let name, let kind, let least, let currency, let isFromStart):
      guard !alertRules.contains(where: { $0.name == name }) else {
        throw ModelRefusal("alert_rule_exists", ["rule": name])
      }
      recordInBook(.alertRuleAdded, options, reason: nil, at: now)
      alertRules.append(
        AlertRule(
          name: name, kind: kind, least: least, currency: currency, addedAt: head,
          isFromStart: isFromStart))
    case .removeAlertRule(let name):
      guard let rule = alertRules.firstIndex(where: { $0.name == name && $0.removedAt == nil })
      else { throw ModelRefusal("alert_rule_not_found", ["rule": name]) }
      recordInBook(.alertRuleRemoved, options, reason: nil, at: now)
      alertRules[rule].removedAt = head
    case .acknowledge(let name, let movement):
      let position = position(of: movement)
      let id = "\(name)@\(position)"
      if seenAlerts[id] != nil {
        throw ModelRefusal("alert_seen_before", ["rule": name, "position": position])
      }
      guard alerts.contains(where: { $0.rule == name && $0.position == position }) else {
        throw ModelRefusal("alert_not_found", ["rule": name, "position": position])
      }
      recordInBook(.alertAcknowledged, options, reason: nil, at: now)
      seenAlerts[id] = head
    default: preconditionFailure("\(command.name) decides nothing about alerts")
    }
    return ModelOutcome(
      code: ModelOutcome.accepted,
      lines: ["position: \(head)", "recorded: \(ModelMoney.instant(now))"])
  }

  /// Movements of at least so much; a transfer once, with the leg that pays.
  private var alerts: [Alert] {
    alertRules.filter { $0.kind == "large-amount" }.flatMap { rule in
      events.enumerated().compactMap { index, event in
        let position = Int64(index + 1)
        guard event.isMovement, event.currency == rule.currency,
          event.minorUnits < 0 || event.counterparty == nil,
          event.minorUnits.magnitude >= rule.least?.magnitude ?? 0,
          rule.isFromStart || position > rule.addedAt, position < rule.removedAt ?? .max
        else { return nil }
        return Alert(rule: rule.name, position: position, event: event)
      }
    }
  }

  /// The alerts of large amounts.
  var alertLines: [String] {
    alerts.map { alert in
      let seen = seenAlerts["\(alert.rule)@\(alert.position)"]
      let amount = ModelMoney.text(alert.event.minorUnits, alert.event.currency)
      return "\(alert.rule)@\(alert.position) \(alert.event.account ?? "") \(amount), "
        + "seen \(ModelText.number(seen))"
    }.sorted()
  }
}
