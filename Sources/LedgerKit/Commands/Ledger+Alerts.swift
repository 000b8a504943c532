public import EventStore
public import LedgerDomain
import LedgerEvents
import LedgerProjections

/// A decision about alerts.
public struct AlertRequest: Hashable, Sendable {
  /// What is to be done.
  public enum Action: Hashable, Sendable {
    /// A rule is to be tried on every movement from now on, and on all before if `fromStart`.
    case add(AlertRule, fromStart: Bool)
    /// A rule is to be tried no more; the alerts it raised stay.
    case remove(name: String)
    /// Somebody has seen the alert that a rule raised with the movement at a global position.
    case acknowledge(rule: String, position: Int64)

    /// As on the command line and in receipts.
    public var name: String {
      switch self {
      case .add: "alerts rules add"
      case .remove: "alerts rules remove"
      case .acknowledge: "alerts ack"
      }
    }
  }

  /// What is to be done.
  public var action: Action
  /// Who asked.
  public var actor: String
  /// Why: personal text; nil if nobody says.
  public var reason: String?
  /// Nil means: one of its own.
  public var correlationID: String?
  /// What caused it; nil if nobody says.
  public var causationID: String?

  /// A request with its necessary fields.
  public init(_ action: Action, actor: String) { (self.action, self.actor) = (action, actor) }
}

/// What a decision about alerts returns.
public struct AlertReceipt: Hashable, Sendable {
  /// `alerts rules add`, `alerts rules remove` or `alerts ack`.
  public let command: String
  /// The ledger that recorded it.
  public let ledgerID: String
  /// The commit's global position.
  public let position: Int64
  /// When the ledger wrote the commit.
  public let recordedAt: Instant
  /// Shared by commands that belong together.
  public let correlationID: String
  /// The hash chain's head after the commit.
  public let headHash: Digest256
  /// The commit's event.
  public let event: RecordedEvent
}

extension Ledger {
  /// Records a decision about alerts durably: one commit, which changes no balance.
  ///
  /// Throws `Rejection` if a rule says no, and then nothing was written.
  public func perform(_ request: AlertRequest) throws -> AlertReceipt {
    // Before, since it may take a while: others can write meanwhile.
    if case .acknowledge = request.action { _ = try store.read(Alerts.self) { _, _ in } }
    return try store.write { try perform(request, $0) }
  }

  /// The receipt that `perform` would return; writes nothing.
  public func rehearse(_ request: AlertRequest) throws -> AlertReceipt {
    try store.rehearse { try perform(request, $0) }
  }

  private func perform(
    _ request: AlertRequest, _ transaction: WriteTransaction
  ) throws -> AlertReceipt {
    let now = try transaction.nextRecordedAt()
    let event = request.action.event
    try AlertRules(transaction.log).decide(event)
    try checkSubject(of: request.action, transaction.log)
    let append = StreamAppend(
      streamID: BookStream.id, expectedVersion: .any, events: [event.stored])
    let recorded = try transaction.append(
      NewCommit(
        appends: [append], actor: request.actor,
        correlationID: request.correlationID ?? newID(at: now),
        causationID: request.causationID, reason: request.reason.map(reasonText)))
    guard let recorded = recorded.first else {
      preconditionFailure("a commit with an event is recorded")
    }
    return AlertReceipt(
      command: request.action.name, ledgerID: id, position: recorded.position,
      recordedAt: recorded.recordedAt, correlationID: recorded.commit.header.correlationID,
      headHash: recorded.commit.hash, event: recorded)
  }

  /// Throws `Rejection` if the account of a rule was never opened, or if an alert was not raised.
  private func checkSubject(of action: AlertRequest.Action, _ log: ReadTransaction) throws {
    switch action {
    case .add(let rule, _):
      guard let account = rule.account else { return }
      guard try log.version(of: AccountStream.id(of: account)) != nil else {
        throw Rejection.accountNotFound(account)
      }
    case .remove: return
    case .acknowledge(let rule, let position):
      guard try log.projection(Alerts.self).alert(rule: rule, position: position) != nil else {
        throw Rejection.alertNotFound(rule: rule, position: position)
      }
    }
  }
}

extension AlertRequest.Action {
  fileprivate var event: AlertEvent {
    switch self {
    case .add(let rule, let fromStart): .ruleAdded(rule, fromStart: fromStart)
    case .remove(let name): .ruleRemoved(name: name)
    case .acknowledge(let rule, let position): .acknowledged(rule: rule, position: position)
    }
  }
}
