public import EventStore
public import LedgerDomain
import LedgerEvents

/// A request to book the opposite of everything that was recorded under one correlation id, such as
/// an import.
public struct GroupReversal: Hashable, Sendable {
  /// What the commits have in common.
  public var correlationID: String
  /// Whether each opposite counts when its commit does. Then the options must name no effective
  /// time.
  public var keepsEffectiveTime: Bool
  /// What the opposites are for; nil if nobody says.
  public var description: String?

  /// A value with all its fields.
  public init(
    correlationID: String, keepsEffectiveTime: Bool = false, description: String? = nil
  ) {
    self.correlationID = correlationID
    self.keepsEffectiveTime = keepsEffectiveTime
    self.description = description
  }
}

/// What reversing a group of commits returns.
public struct GroupReversalReceipt: Hashable, Sendable {
  /// The ledger that recorded it.
  public let ledgerID: String
  /// What the reversed commits have in common.
  public let reversedCorrelationID: String
  /// What the new commits have in common.
  public let correlationID: String
  /// How many commits were reversed, each by a commit of its own.
  public internal(set) var reversed: Int64 = 0
  /// How many stayed as they are: reversed before, or reversals themselves.
  public internal(set) var skipped: Int64 = 0
  /// How many accounts the group had opened: they stay open.
  public internal(set) var accountsLeftOpen: Int64 = 0
  /// How many accounts moved.
  public internal(set) var accountsMoved: Int64 = 0
  /// Where the first of these stand, in the order in which they moved; at most
  /// `mostAccountsListed`.
  public internal(set) var accounts: [Receipt.AccountAfter] = []
  /// The last global position of the last new commit.
  public internal(set) var position: Int64
  /// When the ledger wrote that commit.
  public internal(set) var recordedAt: Instant
  /// The hash chain's head after it.
  public internal(set) var headHash: Digest256

  /// How many accounts a receipt lists.
  public static let mostAccountsListed = 100
}

extension Ledger {
  /// Books the opposite of every movement of a group, the last first, each as a commit of its own:
  /// all of them or none.
  ///
  /// The new commits share one correlation id. Openings stay; reversals, and what was reversed
  /// before, are skipped. Throws `Rejection.nothingToReverse` if nothing is left,
  /// `Rejection.notReversible` at anything else, and `Rejection.reversalRefused` with the rule that
  /// refused the first one. The options can have no idempotency key, which names one commit: what
  /// is repeated finds nothing to reverse.
  public func reverse(
    _ group: GroupReversal, _ options: CommandOptions
  ) throws -> GroupReversalReceipt {
    try booking { try $0.reverse(group, options) }
  }

  /// The receipt that `reverse` would return; writes nothing.
  public func rehearse(
    _ group: GroupReversal, _ options: CommandOptions
  ) throws -> GroupReversalReceipt {
    try rehearsal { try $0.reverse(group, options) }
  }
}

extension Booking {
  fileprivate func reverse(
    _ group: GroupReversal, _ options: CommandOptions
  ) throws -> GroupReversalReceipt {
    precondition(options.idempotencyKey == nil, "a key names one commit")
    let now = try transaction.nextRecordedAt()
    var options = options
    let correlationID = options.correlationID ?? ledger.newID(at: now)
    options.correlationID = correlationID
    var commitEnds: [Int64] = []
    try transaction.log.forEachCommitEnd(correlationID: group.correlationID) {
      commitEnds.append($0)
    }
    var receipt = GroupReversalReceipt(
      ledgerID: ledger.id, reversedCorrelationID: group.correlationID,
      correlationID: correlationID, position: transaction.head.position, recordedAt: now,
      headHash: transaction.head.hash)
    var moved = MovedAccounts()
    for position in commitEnds {
      guard try isToBeReversed(position, &receipt) else { continue }
      guard let single = try reverse(position, of: group, options) else {
        receipt.skipped += 1
        continue
      }
      receipt.reversed += 1
      (receipt.position, receipt.recordedAt) = (single.position, single.recordedAt)
      receipt.headHash = single.headHash
      moved.add(single.accounts)
    }
    guard receipt.reversed > 0 else {
      throw Rejection.nothingToReverse(
        correlationID: group.correlationID, reversed: receipt.skipped)
    }
    receipt.accountsMoved = Int64(moved.seen.count)
    receipt.accounts = moved.first
    return receipt
  }

  /// Whether the commit that ends at `position` moved money, and is no reversal; else counts it.
  private func isToBeReversed(
    _ position: Int64, _ receipt: inout GroupReversalReceipt
  ) throws -> Bool {
    guard let events = try transaction.log.commit(at: position),
      case .command(let recorded) = try RecordedCommit(events)
    else { return true }
    if recorded.links.reverses != nil {
      receipt.skipped += 1
      return false
    }
    if case .created = recorded.legs.first?.event {
      receipt.accountsLeftOpen += 1
      return false
    }
    return true
  }

  /// Nil if it was reversed before.
  private func reverse(
    _ position: Int64, of group: GroupReversal, _ options: CommandOptions
  ) throws -> Receipt? {
    let reversal = Reversal(
      of: position, keepsEffectiveTime: group.keepsEffectiveTime, description: group.description)
    do {
      return try perform(.reverse(reversal), options)
    } catch Rejection.alreadyReversed {
      return nil
    } catch let rejection as Rejection {
      if case .notReversible = rejection { throw rejection }
      throw Rejection.reversalRefused(position: position, rejection)
    }
  }
}

/// Accounts in the order in which they first moved, the first of them as they stand after the last
/// time.
private struct MovedAccounts {
  private(set) var seen: Set<AccountID> = []
  private(set) var first: [Receipt.AccountAfter] = []

  mutating func add(_ accounts: [Receipt.AccountAfter]) {
    for account in accounts {
      if seen.insert(account.accountID).inserted {
        if first.count < GroupReversalReceipt.mostAccountsListed { first.append(account) }
      } else if let index = first.firstIndex(where: { $0.accountID == account.accountID }) {
        first[index] = account
      }
    }
  }
}
