public import EventStore
import LedgerDomain
import LedgerEvents

extension IntegrationEvent {
  /// What outsiders are told of a commit of the ledger `ledgerID`, in the order of positions;
  /// nothing of alerts and their rules, which are the book's own affair.
  ///
  /// `commit` has all its events, in order and in their current versions. Throws
  /// `EventDecodingError` at one that this build can't read.
  public static func all(
    of commit: [RecordedEvent], ledgerID: String
  ) throws(EventDecodingError) -> [IntegrationEvent] {
    var told: [IntegrationEvent] = []
    // Where the first leg of each transfer stands in what is told, as long as it has no second.
    var firstLegs: [String: Int] = [:]
    for recorded in commit {
      guard let fact = Fact(try LedgerEvent(recorded)) else { continue }
      let event = IntegrationEvent(
        fact, of: recorded, ledgerID: ledgerID, links: try LinkMetadata(recorded))
      if let id = event.transferID {
        if let first = firstLegs[id], let whole = told[first].joined(with: event) {
          firstLegs[id] = nil
          told[first] = whole
          continue
        }
        firstLegs[id] = told.count
      }
      told.append(event)
    }
    return told.sorted { $0.position < $1.position }
  }

  /// Whether it is a leg of a transfer without the other one.
  var isHalf: Bool { transferID != nil }

  /// Whose other leg is to be looked for; nil if it is no leg of a transfer, or both.
  private var transferID: String? { movement?.transferID }

  private var movement: AccountEvent.Movement? {
    switch fact {
    case .moneyDeposited(_, let movement), .moneyWithdrawn(_, let movement): movement
    case .accountOpened, .accountChanged, .accountClosed, .transferCompleted, .periodClosed,
      .periodReopened, .personalTextErased:
      nil
    }
  }

  /// The transfer whose legs the two are; nil if they don't fit.
  private func joined(with other: IntegrationEvent) -> IntegrationEvent? {
    // Whichever was recorded first.
    switch (fact, other.fact) {
    case (.moneyWithdrawn(let payer, let out), .moneyDeposited(let payee, let into)),
      (.moneyDeposited(let payee, let into), .moneyWithdrawn(let payer, let out)):
      guard let id = out.transferID, out.amount == into.amount, out.counterparty == payee,
        into.counterparty == payer
      else { return nil }
      return joined(
        with: other, from: payer, to: payee, out.amount, id: id, describedAs: out.description)
    default: return nil
    }
  }

  private func joined(
    with other: IntegrationEvent, from payer: AccountID, to payee: AccountID, _ amount: Money,
    id: String, describedAs description: String?
  ) -> IntegrationEvent {
    let isTextErased = isTextErased || other.isTextErased
    let transfer = CompletedTransfer(
      id: id, payer: payer, payee: payee, amount: amount,
      description: isTextErased ? nil : description)
    return IntegrationEvent(
      fact: .transferCompleted(transfer), ledgerID: ledgerID,
      positions: positions + other.positions, commit: commit, reverses: reverses,
      corrects: corrects, isTextErased: isTextErased)
  }

  private init(_ fact: Fact, of event: RecordedEvent, ledgerID: String, links: LinkMetadata) {
    self.init(
      fact: fact, ledgerID: ledgerID, positions: [event.position], commit: event.commit,
      reverses: links.reverses, corrects: links.corrects, isTextErased: event.isTextErased)
  }
}

extension IntegrationEvent.Fact {
  /// What one stored event tells by itself; nil if outsiders are told nothing.
  fileprivate init?(_ event: LedgerEvent) {
    switch event {
    case .account(_, .created(let opening)): self = .accountOpened(opening)
    case .account(let account, .changed(let change)): self = .accountChanged(account, change)
    case .account(let account, .deposited(let movement)): self = .moneyDeposited(account, movement)
    case .account(let account, .withdrawn(let movement)): self = .moneyWithdrawn(account, movement)
    case .account(let account, .closed): self = .accountClosed(account)
    case .period(.closed(let closed)):
      self = .periodClosed(
        closed.period, accounts: closed.book.accounts, totals: closed.book.totals)
    case .period(.reopened(let reopened)):
      self = .periodReopened(reopened.period, closedAtPosition: reopened.closedAtPosition)
    case .erasure(let erasure): self = .personalTextErased(positions: erasure.positions)
    case .alert: return nil
    }
  }
}
