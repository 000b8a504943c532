import EventStore
import JSONText
package import LedgerDomain
import LedgerEvents

/// The one write path, inside one write transaction:
/// idempotency → load → decide → append (which also projects) → snapshot → receipt.
package struct Booking {
  let ledger: Ledger
  let transaction: WriteTransaction
  /// Read once: nobody else closes a period before this transaction ends, and commands never do.
  let watermark: Watermark

  init(ledger: Ledger, transaction: WriteTransaction) throws {
    (self.ledger, self.transaction) = (ledger, transaction)
    watermark = try transaction.watermark()
  }

  /// Performs `command`, or returns the first receipt if its idempotency key was used for it before.
  ///
  /// Throws `Rejection`, and then nothing of it was recorded.
  package func perform(_ command: Command, _ options: CommandOptions) throws -> Receipt {
    if let receipt = try firstReceipt(of: command, options) { return receipt }
    let decision = try decide(command, options)
    return try record(decision, options)
  }

  /// Performs `command` after the openings it needs: all of them or none. Each is a commit of its own,
  /// and the openings count when the command does.
  package func perform(
    openings: [Command], then command: Command, _ options: CommandOptions
  ) throws -> Receipt {
    if let receipt = try firstReceipt(of: command, options) { return receipt }
    var openingOptions = options
    (openingOptions.idempotencyKey, openingOptions.corrects) = (nil, nil)
    let opened = try openings.map { try decide($0, openingOptions) }
    let accounts = opened.reduce(into: [:]) { $0.merge($1.accountsAfter) { _, last in last } }
    let decision = try decide(command, options, assuming: accounts)
    for opening in opened { _ = try record(opening, openingOptions) }
    return try record(decision, options)
  }

  /// Whether an account with this id was ever opened.
  package func isKnown(_ id: AccountID) throws -> Bool {
    try ledger.load(id, transaction.log).version != nil
  }

  /// The balance of what counts at or before `effectiveAt`, or of everything if it is nil.
  package func balance(of id: AccountID, at effectiveAt: Instant?) throws -> Money {
    let account = try ledger.load(id, transaction.log).account
    if let standing = account.standing,
      effectiveAt.map({ !account.needsTimeline(at: $0) }) ?? true
    {
      return standing.balance
    }
    return try ledger.balance(
      of: id, at: .instants(effective: effectiveAt, known: nil), transaction.log
    ).balance
  }

  // MARK: Idempotency

  private func firstReceipt(of command: Command, _ options: CommandOptions) throws -> Receipt? {
    guard let key = options.idempotencyKey,
      let events = try transaction.commit(idempotencyKey: key)
    else { return nil }
    switch try RecordedCommit(events) {
    case .command(let recorded):
      let differing = try differences(between: command, options, and: recorded)
      guard differing.isEmpty else {
        throw Rejection.idempotencyKeyConflict(
          key: key, position: recorded.commit.header.lastPosition, differing: differing)
      }
      var receipt = try ledger.receipt(of: recorded, transaction.log)
      receipt.isReplay = true
      return receipt
    case .erasure(let recorded, _), .period(let recorded, _), .alert(let recorded, _):
      throw Rejection.idempotencyKeyConflict(
        key: key, position: recorded.position, differing: ["command"])
    }
  }

  private func differences(
    between command: Command, _ options: CommandOptions, and recorded: RecordedCommand
  ) throws -> [String] {
    let content = CommandContent(recorded)
    let first = recorded.legs.first?.recorded
    let textWasErased = first?.isTextErased ?? false
    do {
      let request = try self.content(
        of: command, options, accountCurrency: try accountCurrency(of: recorded, content))
      return CommandContent.differences(
        between: request, and: content, textWasErased: textWasErased)
    } catch is Rejection {
      return [content.command == command.name ? "amount" : "command"]
    }
  }

  /// The currency of the first account of `recorded`, whose content is `content`.
  private func accountCurrency(
    of recorded: RecordedCommand, _ content: CommandContent
  ) throws -> Currency? {
    if let amount = content.amount { return amount.currency }
    // A change of the holder alone has no amount, and a request that has one says something else.
    return try recorded.legs.first.flatMap { leg in
      try ledger.load(leg.account, transaction.log).account.standing?.balance.currency
    }
  }

  // MARK: Record

  private func record(_ decision: Decision, _ options: CommandOptions) throws -> Receipt {
    var legs: [RecordedCommand.Leg] = []
    legs.reserveCapacity(decision.legs.count)
    try transaction.append(try commit(decision, options)) { event in
      let leg = decision.legs[legs.count].recorded(as: event)
      legs.append(leg)
      return leg
    }
    guard let commit = legs.first?.recorded.commit, legs.count == decision.legs.count else {
      preconditionFailure("every command makes at least one event, and all are recorded")
    }
    for leg in decision.legs {
      var account = leg.after
      try transaction.saveSnapshotIfDue(of: &account)
      ledger.accounts[leg.id] = account
    }
    let recorded = RecordedCommand(legs: legs, commit: commit, links: decision.links)
    return try ledger.receipt(of: recorded, transaction.log)
  }

  private func commit(_ decision: Decision, _ options: CommandOptions) throws -> NewCommit {
    let appends = decision.legs.map { leg in
      let before = (leg.after.version ?? 0) - 1
      return StreamAppend(
        streamID: leg.after.streamID,
        expectedVersion: before < 0 ? .noStream : .exactly(before),
        events: [leg.event.stored(salt: ledger.newSalt)])
    }
    let now = try transaction.nextRecordedAt()
    return NewCommit(
      appends: appends, actor: options.actor,
      correlationID: options.correlationID ?? ledger.newID(at: now),
      causationID: options.causationID,
      idempotency: options.idempotencyKey.map { key in
        let personal = appends.first?.events.first?.personalText
        let content = CommandContent(
          events: decision.legs.map { ($0.id, $0.event) },
          effectiveAt: decision.effectiveAt, links: decision.links)
        return .init(key: key, fingerprint: content.fingerprint(personalDigest: personal?.digest))
      },
      reason: options.reason.map(ledger.reasonText),
      effectiveAtMicros: decision.effectiveAt?.micros,
      otherMetadata: metadata(decision.links, options))
  }

  /// Nil if there is nothing to say.
  private func metadata(_ links: LinkMetadata, _ options: CommandOptions) -> [UInt8]? {
    guard options.allowsPastOverdraft || links != LinkMetadata() else { return nil }
    var metadata = JSONObjectWriter()
    if options.allowsPastOverdraft { metadata.add(CommandMetadata.allowPastOverdraft, true) }
    for name in LinkMetadata.Name.allCases { metadata.add(name.rawValue, links[name]) }
    return metadata.finished()
  }
}

extension WriteTransaction {
  /// When the next commit will be recorded. Throws `Rejection.clockBehind`.
  func nextRecordedAt() throws -> Instant {
    do {
      return Instant(micros: try nextRecordedAtMicros())
    } catch .clockBehind(let clock, let last) {
      throw Rejection.clockBehind(
        clock: Instant(micros: clock), lastRecordedAt: Instant(micros: last))
    }
  }
}
