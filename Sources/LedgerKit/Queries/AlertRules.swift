import EventStore
import LedgerDomain
import LedgerEvents

/// Decides again whatever was decided about alerts, against what was known at its position.
struct AlertRules {
  private struct Alert: Hashable {
    let rule: String
    let position: Int64
  }

  private var inForce: Set<String> = []
  private var everKnown: Set<String> = []
  private var seen: Set<Alert> = []

  /// No rules.
  init() {}

  /// What `log` says so far.
  init(_ log: ReadTransaction) throws {
    var query = EventQuery(streamID: BookStream.id)
    query.types = AlertEvent.types.map(\.name)
    query.includesPersonalText = false
    try log.forEachEvent(query) { recorded in
      if let event = try AlertEvent(recorded) { evolve(event) }
    }
  }

  /// Moves past `event`. Holds no rules.
  mutating func evolve(_ event: AlertEvent) {
    switch event {
    case .ruleAdded(let rule, _):
      inForce.insert(rule.name)
      everKnown.insert(rule.name)
    case .ruleRemoved(let name): inForce.remove(name)
    case .acknowledged(let rule, let position): seen.insert(Alert(rule: rule, position: position))
    }
  }

  /// Throws `Rejection` unless `event` may be recorded. Whether an alert was raised is not looked at.
  func decide(_ event: AlertEvent) throws(Rejection) {
    switch event {
    case .ruleAdded(let rule, _):
      guard !everKnown.contains(rule.name) else { throw .alertRuleExists(name: rule.name) }
    case .ruleRemoved(let name):
      guard inForce.contains(name) else { throw .alertRuleNotFound(name: name) }
    case .acknowledged(let rule, let position):
      guard everKnown.contains(rule) else { throw .alertNotFound(rule: rule, position: position) }
      guard !seen.contains(Alert(rule: rule, position: position)) else {
        throw .alertSeenBefore(rule: rule, position: position)
      }
    }
  }

  /// Throws `StoreProblem` if no command could have made this commit.
  func check(_ event: AlertEvent, _ recorded: RecordedEvent, _ log: ReadTransaction) throws {
    func require(_ isRight: Bool, _ problem: @autoclosure () -> String) throws {
      guard isRight else { throw StoreProblem(position: recorded.position, problem: problem()) }
    }
    let header = recorded.commit.header
    try require(
      header.explicitEffectiveAtMicros == nil && header.idempotencyKey == nil
        && header.otherMetadata == nil && recorded.personalDigest == nil,
      "no command decides about alerts under a key, at another time than now, or with a text")
    do {
      try decide(event)
    } catch {
      throw StoreProblem(
        position: recorded.position,
        problem: "this should have been refused: \(error.code): \(error.message)")
    }
    guard case .acknowledged(_, let position) = event else { return }
    let movement = try log.event(at: position).flatMap { try DecodedEvent($0)?.event.movement }
    try require(
      position < recorded.position && movement != nil,
      "it acknowledges an alert of no movement before it")
  }
}
