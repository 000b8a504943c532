internal import SQLite

/// The columns of an event and its commit, in the order in which `EventRowReader` takes them.
enum EventRow {
  static let columns = """
    e.position, e.stream_key, e.stream_position, e.type_key, e.event_version, e.data,
             e.personal_digest, c.commit_number, c.last_position, c.recorded_at_us,
             c.effective_at_us, c.actor_key, c.correlation_id, c.causation_id, c.idempotency_key,
             c.fingerprint, c.reason_digest, c.metadata, c.commit_hash
    """
}

/// Turns rows into events; the events of one commit share its header.
struct EventRowReader {
  let store: EventStore
  let includesPersonalText: Bool
  private var lastCommit: Commit?

  init(store: EventStore, includesPersonalText: Bool) {
    self.store = store
    self.includesPersonalText = includesPersonalText
  }

  mutating func event(_ row: Row) throws -> RecordedEvent {
    let position = row.int64(0)
    guard position <= LogBounds.numbers.upperBound,
      position >= -LogBounds.numbers.upperBound,
      LogBounds.streamPositions.contains(row.int64(2))
    else { throw damaged(row, "its position is impossible") }
    let personalDigest = try digest(row, 6, "personal_digest")
    return RecordedEvent(
      position: position,
      streamID: try name(store.names.streams, row, 1, "stream"),
      streamPosition: row.int64(2),
      type: try name(store.names.eventTypes, row, 3, "event type"),
      version: row.int64(4),
      data: row.bytes(5),
      personalText: personalDigest == nil ? nil : try personalText(at: position, reason: false),
      personalDigest: personalDigest,
      commit: try commit(row))
  }

  private mutating func commit(_ row: Row) throws -> Commit {
    if let lastCommit, lastCommit.header.number == row.int64(7) { return lastCommit }
    let header = CommitHeader(
      number: row.int64(7),
      lastPosition: row.int64(8),
      recordedAtMicros: row.int64(9),
      explicitEffectiveAtMicros: row.optionalInt64(10),
      actor: try name(store.names.actors, row, 11, "actor"),
      correlationID: row.text(12),
      causationID: row.optionalText(13),
      idempotencyKey: row.optionalText(14),
      fingerprint: try digest(row, 15, "fingerprint"),
      reasonDigest: try digest(row, 16, "reason_digest"),
      otherMetadata: row.optionalBytes(17))
    guard LogBounds.numbers.contains(header.number),
      LogBounds.numbers.contains(header.lastPosition),
      LogBounds.times.contains(header.recordedAtMicros),
      LogBounds.times.contains(header.effectiveAtMicros)
    else { throw damaged(row, "its commit has an impossible number, position or time") }
    guard let hash = try digest(row, 18, "commit_hash") else {
      throw damaged(row, "the commit has no hash")
    }
    let reason =
      header.reasonDigest == nil ? nil : try personalText(at: header.lastPosition, reason: true)
    let commit = Commit(header: header, reason: reason, hash: hash)
    lastCommit = commit
    return commit
  }

  private func personalText(at position: Int64, reason: Bool) throws -> PersonalText? {
    guard includesPersonalText else { return nil }
    let comparison = reason ? "=" : "<>"
    return try store.database.first(
      """
      SELECT field, salt, text FROM personal_texts
       WHERE position = ? AND field \(comparison) '\(StoreSchema.reasonField)'
      """, position
    ) { PersonalText(stored: $0.text(0), salt: $0.bytes(1), text: $0.text(2)) }
  }

  private func name(
    _ table: NameTable, _ row: Row, _ column: Int32, _ what: String
  ) throws -> String {
    guard let name = try table.name(of: row.int64(column)) else {
      throw damaged(row, "its \(what) has lost its name")
    }
    return name
  }

  private func digest(_ row: Row, _ column: Int32, _ what: String) throws -> Digest256? {
    guard let bytes = row.optionalBytes(column) else { return nil }
    guard let digest = Digest256(bytes: bytes) else {
      throw damaged(row, "\(what) has \(bytes.count) bytes instead of 32")
    }
    return digest
  }

  private func damaged(_ row: Row, _ problem: String) -> StoreFileError {
    .damaged(path: store.path, position: row.int64(0), problem: problem)
  }
}
