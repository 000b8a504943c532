public import EventStore
import LedgerDomain

/// Proofs for somebody who trusts neither this program nor whoever holds the file.
extension Ledger {
  /// What the whole history is now, to be kept elsewhere.
  public func checkpoint() throws -> Checkpoint {
    let now = try now()
    return try store.read { try $0.checkpoint(createdAtMicros: now.micros) }
  }

  /// A proof that the event at `position` is in the history of `checkpoint`; nil means: of all there is.
  ///
  /// Throws `Rejection.beyondHead` if there is no such event, or it is later than the checkpoint, and
  /// `StoreFileError.damaged` if this ledger is not the one of the checkpoint any more.
  public func proveInclusion(
    of position: Int64, in checkpoint: Checkpoint? = nil
  ) throws -> InclusionProof {
    let now = try now()
    return try store.read { log in
      let what = checkpoint == nil ? "position" : "in that checkpoint, position"
      if let checkpoint { try log.check(against: [Self.noted(checkpoint)]) }
      let checkpoint = try checkpoint ?? log.checkpoint(createdAtMicros: now.micros)
      guard let proof = try log.proveInclusion(of: position, in: checkpoint) else {
        throw Rejection.beyondHead(what, asked: position, last: checkpoint.position)
      }
      return proof
    }
  }

  /// A proof that the history of `second` begins with that of `first`, which must be the earlier one.
  ///
  /// Throws `StoreFileError.damaged` if this ledger does not hold both.
  public func proveConsistency(
    from first: Checkpoint, to second: Checkpoint
  ) throws -> ConsistencyProof {
    try store.read { log in
      try log.check(against: [Self.noted(first), Self.noted(second)])
      return try log.proveConsistency(from: first, to: second)
    }
  }

  private static func noted(_ checkpoint: Checkpoint) -> NotedHead {
    NotedHead(checkpoint, source: "the checkpoint of position \(checkpoint.position)")
  }
}
