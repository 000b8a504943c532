import EventStore
import LedgerDomain
import LedgerEvents
import LedgerProjections

/// A request to book the opposite of what a commit recorded.
public struct Reversal: Hashable, Sendable {
  /// Global position of any event of the commit.
  public var position: Int64
  /// Whether the opposite counts when the commit does. Then the command's options must name no
  /// effective time of their own.
  public var keepsEffectiveTime: Bool
  /// What the opposite is for; nil if nobody says.
  public var description: String?

  /// A value with all its fields.
  public init(
    of position: Int64, keepsEffectiveTime: Bool = false, description: String? = nil
  ) {
    self.position = position
    self.keepsEffectiveTime = keepsEffectiveTime
    self.description = description
  }
}

/// A commit that can be reversed, and has not been.
struct ReversibleCommit {
  /// The position at which it ends.
  let position: Int64
  let effectiveAt: Instant
  /// The command that takes it back.
  let opposite: Command
}

extension Booking {
  /// The commit that `reversal` means. Throws `Rejection` if there is none, if no command takes it
  /// back, or if one did already.
  func reversible(_ reversal: Reversal) throws -> ReversibleCommit {
    guard let events = try transaction.log.commit(at: reversal.position) else {
      throw Rejection.beyondHead(
        "position", asked: reversal.position, last: transaction.head.position)
    }
    let commit = events[0].commit
    let opposite: Command
    switch try RecordedCommit(events) {
    case .erasure: throw Rejection.notReversible(position: reversal.position, did: "erased texts")
    case .period(_, let period):
      throw Rejection.notReversible(position: reversal.position, did: period.deed)
    case .alert(_, let alert):
      throw Rejection.notReversible(position: reversal.position, did: alert.deed)
    case .command(let recorded):
      guard let command = recorded.opposite(describedAs: reversal.description) else {
        throw Rejection.notReversible(position: reversal.position, did: recorded.deed)
      }
      opposite = command
    }
    let position = commit.header.lastPosition
    if let before = try transaction.projection(CommitLinks.self).firstReversal(of: position) {
      throw Rejection.alreadyReversed(position: reversal.position, at: before)
    }
    return ReversibleCommit(
      position: position, effectiveAt: Instant(micros: commit.effectiveAtMicros),
      opposite: opposite)
  }

  /// The position at which the commit with `position` ends. Throws `Rejection.beyondHead`.
  func commitEnd(of position: Int64) throws -> Int64 {
    guard let commit = try transaction.log.commit(at: position)?.first?.commit else {
      throw Rejection.beyondHead("position", asked: position, last: transaction.head.position)
    }
    return commit.header.lastPosition
  }

  /// What `command` says if it is asked for with `options`, for comparison with what was recorded.
  /// A position at which there is nothing stays as it is. Throws if an amount is not in
  /// `accountCurrency`.
  func content(
    of command: Command, _ options: CommandOptions, accountCurrency: Currency?
  ) throws -> CommandContent {
    var links = LinkMetadata()
    func commit(at position: Int64) throws -> Commit? {
      try transaction.log.commit(at: position)?.first?.commit
    }
    links.corrects = try options.corrects.map {
      try commit(at: $0)?.header.lastPosition ?? $0
    }
    var effectiveAt = options.effectiveAt
    if case .reverse(let reversal) = command {
      let reversed = try commit(at: reversal.position)
      links.reverses = reversed?.header.lastPosition ?? reversal.position
      if reversal.keepsEffectiveTime {
        effectiveAt = reversed.map { Instant(micros: $0.effectiveAtMicros) }
      }
    }
    return try CommandContent(
      command, effectiveAt: effectiveAt, links: links, accountCurrency: accountCurrency)
  }
}

extension RecordedCommand {
  /// The command that takes it back; nil if there is none.
  func opposite(describedAs description: String?) -> Command? {
    guard name != nil, let first = legs.first, let last = legs.last,
      let movement = first.event.movement
    else { return nil }
    let amount = Amount(movement.amount)
    switch first.event {
    case .deposited: return .withdraw(amount, from: first.account, description: description)
    case .withdrawn where legs.count > 1:
      return .transfer(
        amount, from: last.account, to: first.account, description: description)
    case .withdrawn: return .deposit(amount, to: first.account, description: description)
    case .created, .changed, .closed: return nil
    }
  }

  /// What it did, as a sentence about its position goes on.
  fileprivate var deed: String {
    guard name != nil, let leg = legs.first else { return "is of a kind that no command makes" }
    switch leg.event {
    case .created: return "opened \(leg.account)"
    case .changed: return "changed \(leg.account)"
    case .closed: return "closed \(leg.account)"
    case .deposited, .withdrawn: return "moved money"
    }
  }
}

extension PeriodEvent {
  /// What its commit did, in words.
  fileprivate var deed: String {
    switch self {
    case .closed(let closed): "closed the period \(closed.period)"
    case .reopened(let reopened): "reopened the period \(reopened.period)"
    }
  }
}

extension AlertEvent {
  /// What its commit did, in words.
  fileprivate var deed: String {
    switch self {
    case .ruleAdded(let rule, _): "added the alert rule \(rule.name)"
    case .ruleRemoved(let name): "removed the alert rule \(name)"
    case .acknowledged: "acknowledged an alert"
    }
  }
}
