public import EventStore
public import LedgerDomain
import LedgerEvents

/// A request to erase personal text: holders, descriptions and reasons.
public struct ErasureRequest: Hashable, Sendable {
  /// What is to be erased.
  public enum Target: Hashable, Sendable {
    /// The own texts of the events at these global positions, and the reasons of their commits.
    case positions([Int64])
    /// All texts of the account's events, and the reasons of all commits that have one of them. What the
    /// other account of a transfer says about it stays.
    case account(AccountID)
  }

  /// What is to be erased.
  public var target: Target
  /// Who asked.
  public var actor: String
  /// Why: personal text too, which can be erased later.
  public var reason: String
  /// Nil means: one of its own.
  public var correlationID: String?
  /// What caused it; nil if nobody says.
  public var causationID: String?

  /// A request with its necessary fields.
  public init(_ target: Target, actor: String, reason: String) {
    (self.target, self.actor, self.reason) = (target, actor, reason)
  }
}

/// What erasing returns.
public struct ErasureReceipt: Hashable, Sendable {
  /// Whether all of it had been erased before: then nothing was recorded, and what is said here is of the
  /// last erasure of any of it.
  public let isReplay: Bool
  /// The ledger that recorded it.
  public let ledgerID: String
  /// The erasure's own global position.
  public let position: Int64
  /// When the ledger wrote the erasure.
  public let recordedAt: Instant
  /// Shared by commands that belong together.
  public let correlationID: String
  /// The hash chain's head after the erasure.
  public let headHash: Digest256
  /// Positions of the events whose own text went: now, or if it is a replay before.
  public let erased: [Int64]
  /// Last positions of the commits whose reason went: now, or if it is a replay before.
  public let reasons: [Int64]
  /// Positions of events whose text stands inside their hashed data, and stays.
  public let notErasable: [Int64]
  /// The erasure as recorded.
  public let event: RecordedEvent
  /// What may still hold the texts beside the file; nil if nothing does. Erasing again tries again.
  public internal(set) var residue: Residue?
}

extension Ledger {
  /// Erases personal text durably and records that: who, why, and which positions. Nothing else changes;
  /// every hash still verifies.
  ///
  /// All of it or nothing, in one commit. What was erased before is left out; if that is all, nothing is
  /// recorded. Copies of the file, exports and backups are not touched. Throws `Rejection` if there is
  /// nothing that could be erased, and then nothing was written.
  public func erase(_ request: ErasureRequest) throws -> ErasureReceipt {
    var receipt = try store.write { try erase(request, $0) }
    receipt.residue = store.clearLog()
    report(receipt)
    let copies = store.olderCopies()
    if !copies.isEmpty { environment.onNotice(.copiesHoldText(paths: copies)) }
    return receipt
  }

  /// The receipt that `erase` would return; writes nothing.
  public func rehearse(_ request: ErasureRequest) throws -> ErasureReceipt {
    let receipt = try store.rehearse { try erase(request, $0) }
    report(receipt)
    return receipt
  }

  private func report(_ receipt: ErasureReceipt) {
    guard !receipt.notErasable.isEmpty else { return }
    environment.onNotice(.textsNotErasable(positions: receipt.notErasable))
  }

  private func erase(
    _ request: ErasureRequest, _ transaction: WriteTransaction
  ) throws -> ErasureReceipt {
    let selected = try select(request.target, transaction)
    if selected.isErased, let position = selected.lastErasedAt {
      return try receipt(ofErasureAt: position, selected, transaction.log)
    }
    let now = try transaction.nextRecordedAt()
    let event = try transaction.erase(
      selected, recordingIn: BookStream.id,
      NewCommit(
        actor: request.actor, correlationID: request.correlationID ?? newID(at: now),
        causationID: request.causationID, reason: reasonText(request.reason)))
    return ErasureReceipt(
      of: event, in: id, isReplay: false, erased: selected.texts, reasons: selected.reasons,
      notErasable: selected.textsInData)
  }

  /// What there is to erase, or was erased before. Throws `Rejection` if there is neither, or if not all
  /// of the positions can be erased.
  private func select(
    _ target: ErasureRequest.Target, _ transaction: WriteTransaction
  ) throws -> SelectedTexts {
    switch target {
    case .positions(let positions):
      let selected = try transaction.log.personalTexts(.positions(positions))
      if let position = selected.unknown.first {
        throw Rejection.beyondHead("position", asked: position, last: transaction.head.position)
      }
      if let position = selected.withoutText.first {
        throw Rejection.nothingToErase(position: position)
      }
      guard selected.textsInData.isEmpty else {
        throw Rejection.notErasable(positions: selected.textsInData)
      }
      return selected
    case .account(let account):
      let streamID = AccountStream.id(of: account)
      guard try transaction.log.version(of: streamID) != nil else {
        throw Rejection.accountNotFound(account)
      }
      let selected = try transaction.log.personalTexts(.stream(streamID))
      guard selected.isErased, selected.lastErasedAt == nil else { return selected }
      throw selected.textsInData.isEmpty
        ? Rejection.nothingToEraseOf(account) : .notErasable(positions: selected.textsInData)
    }
  }

  private func receipt(
    ofErasureAt position: Int64, _ selected: SelectedTexts, _ log: ReadTransaction
  ) throws -> ErasureReceipt {
    guard let event = try log.event(at: position) else {
      throw StoreFileError.damaged(
        path: store.path, position: position, problem: "its commit is missing")
    }
    return ErasureReceipt(
      of: event, in: id, isReplay: true, erased: selected.erasedTexts,
      reasons: selected.erasedReasons, notErasable: selected.textsInData)
  }
}

extension ErasureReceipt {
  fileprivate init(
    of event: RecordedEvent, in ledgerID: String, isReplay: Bool, erased: [Int64],
    reasons: [Int64], notErasable: [Int64]
  ) {
    self.isReplay = isReplay
    self.ledgerID = ledgerID
    position = event.position
    recordedAt = event.recordedAt
    correlationID = event.commit.header.correlationID
    headHash = event.commit.hash
    self.erased = erased
    self.reasons = reasons
    self.notErasable = notErasable
    self.event = event
    residue = nil
  }
}
