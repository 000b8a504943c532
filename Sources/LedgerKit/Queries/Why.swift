public import EventStore
import JSONText
import LedgerDomain
import LedgerEvents

/// One commit of a tree of causes and effects.
public struct CausalCommit: Hashable, Sendable {
  /// Global position of its last event.
  public let position: Int64
  /// How many commits lie between it and the root of the tree, itself included.
  public let depth: Int
  /// What it is to the commit that was asked for.
  public let role: Role
  /// Last global position of the commit that caused it; nil for the root.
  public let causedBy: Int64?
  /// The command that it records; nil if no command makes such a commit.
  public let command: String?
  /// The command in words, such as `deposit 5.00 USD to a`.
  public let summary: String
  /// Who asked for it, when and why.
  public let commit: Commit
  /// Last global position of the commit that it takes back; nil if it takes none back.
  public let reverses: Int64?
  /// Last global position of the commit that it puts right; nil if it puts none right.
  public let corrects: Int64?

  /// What a commit is to the one that was asked for.
  public enum Role: String, Hashable, Sendable {
    /// It led to it.
    case cause
    /// It is the one.
    case asked
    /// It came of it.
    case effect
  }
}

extension Ledger {
  /// Calls `body` for the commits that led to the event at `position`, from the root down; for the one
  /// that holds it; and for all that came of that one, each before its own effects and these in the order
  /// of recording. As of one moment.
  ///
  /// A commit is caused by the one whose event's global position is its causation id, in decimal; any
  /// other causation id ends the walk. Memory grows with the positions in the tree, and with nothing else.
  /// Throws `Rejection.beyondHead` if there is no such event.
  public func why(_ position: Int64, _ body: (CausalCommit) throws -> Void) throws {
    try store.read { log in
      guard let asked = try log.causation(at: position) else {
        throw Rejection.beyondHead("position", asked: position, last: try log.head().position)
      }
      let chain = try log.causes(of: asked)
      for (depth, link) in chain.enumerated() {
        let role = depth == chain.count - 1 ? CausalCommit.Role.asked : .cause
        try body(try log.causalCommit(link, depth, role))
      }
      let effects = try log.effects(of: asked)
      // A stack of our own: a chain of causes may be longer than the program's is deep.
      var waiting = (effects[asked.positions.upperBound] ?? []).reversed().map {
        (link: CausalLink(position: $0, causedBy: asked.positions.upperBound), depth: chain.count)
      }
      while let (link, depth) = waiting.popLast() {
        try body(try log.causalCommit(link, depth, .effect))
        for effect in (effects[link.position] ?? []).reversed() {
          waiting.append((CausalLink(position: effect, causedBy: link.position), depth + 1))
        }
      }
    }
  }
}

/// A commit and its cause, each by the global position of its last event.
private struct CausalLink {
  let position: Int64
  let causedBy: Int64?
}

extension Causation {
  /// The position that its causation id names; nil if that is other text.
  ///
  /// Only what was recorded before can be a cause, so that following causes always ends.
  fileprivate var cause: Int64? {
    guard let causationID, let position = Int64(causationID), String(position) == causationID,
      (1..<positions.lowerBound).contains(position)
    else { return nil }
    return position
  }
}

extension ReadTransaction {
  /// From the root to `asked`.
  fileprivate func causes(of asked: Causation) throws -> [CausalLink] {
    var chain: [CausalLink] = []
    var next: Causation? = asked
    while let causation = next {
      next = try causation.cause.flatMap(causation(at:))
      chain.append(
        CausalLink(
          position: causation.positions.upperBound, causedBy: next?.positions.upperBound))
    }
    return chain.reversed()
  }

  /// What came of `asked`, directly or not: for each commit the commits that it caused, in order.
  fileprivate func effects(of asked: Causation) throws -> [Int64: [Int64]] {
    var effects: [Int64: [Int64]] = [:]
    var commitEnds: [Int64: Int64] = [:]
    func add(_ causation: Causation) {
      for position in causation.positions { commitEnds[position] = causation.positions.upperBound }
    }
    add(asked)
    // An effect comes after its cause: in one pass every cause is known before it is looked up.
    try forEachCausation(after: asked.positions.upperBound) { causation in
      guard let cause = causation.cause, let causedBy = commitEnds[cause] else { return }
      effects[causedBy, default: []].append(causation.positions.upperBound)
      add(causation)
    }
    return effects
  }

  fileprivate func causalCommit(
    _ link: CausalLink, _ depth: Int, _ role: CausalCommit.Role
  ) throws -> CausalCommit {
    guard let events = try commit(at: link.position) else {
      throw StoreProblem(position: link.position, problem: "its commit has no event there")
    }
    let commit = events[0].commit
    let recorded = try RecordedCommit(events)
    return CausalCommit(
      position: link.position, depth: depth, role: role, causedBy: link.causedBy,
      command: recorded.name, summary: recorded.summary, commit: commit,
      reverses: recorded.links.reverses, corrects: recorded.links.corrects)
  }
}

extension RecordedCommit {
  fileprivate var links: LinkMetadata {
    switch self {
    case .command(let command): command.links
    case .erasure, .period, .alert: LinkMetadata()
    }
  }

  fileprivate var name: String? {
    switch self {
    case .command(let command): command.name
    case .erasure: "erase"
    case .period(_, .closed): "period close"
    case .period(_, .reopened): "period reopen"
    case .alert(_, .ruleAdded): "alerts rules add"
    case .alert(_, .ruleRemoved): "alerts rules remove"
    case .alert(_, .acknowledged): "alerts ack"
    }
  }

  /// What was asked for, in words.
  fileprivate var summary: String {
    switch self {
    case .command(let command): command.summary
    case .erasure(_, let erasure): erasure.summary
    case .period(_, .closed(let closed)): "close the period \(closed.period)"
    case .period(_, .reopened(let reopened)): "reopen the period \(reopened.period)"
    case .alert(_, .ruleAdded(let rule, _)): "add the alert rule \(rule.name)"
    case .alert(_, .ruleRemoved(let name)): "remove the alert rule \(name)"
    case .alert(_, .acknowledged(let rule, let position)):
      "acknowledge the alert \(rule)@\(position)"
    }
  }
}

extension PersonalTextErased {
  fileprivate var summary: String {
    let count = positions.count + reasons.count
    return "erase \(count) text\(count == 1 ? "" : "s")"
  }
}

extension RecordedCommand {
  fileprivate var summary: String {
    guard name != nil, let leg = legs.first else {
      return legs.map { "\($0.recorded.type) of \($0.account)" }.joined(separator: ", ")
    }
    switch leg.event {
    case .created(let opening): return "open \(leg.account) in \(opening.currency)"
    case .changed: return "change \(leg.account)"
    case .closed: return "close \(leg.account)"
    case .deposited(let movement): return "deposit \(movement.amount.text) to \(leg.account)"
    case .withdrawn(let movement):
      guard legs.count > 1 else {
        return "withdraw \(movement.amount.text) from \(leg.account)"
      }
      return "transfer \(movement.amount.text) from \(leg.account) to \(legs[1].account)"
    }
  }
}
