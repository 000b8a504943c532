internal import SQLite

/// The columns of an event and its commit, in the order in which `EventRowReader` takes them.
enum EventRow {
  static let columns = eventColumns + ", " + commitColumns

  static let eventColumns = """
    e.position, e.stream_key, e.stream_position, e.type_key, e.event_version, e.data,
             e.personal_digest
    """
  static let eventColumnCount: Int32 = 7

  static let commitColumns = """
    c.commit_number, c.last_position, c.recorded_at_us, c.effective_at_us, c.actor_key,
             c.correlation_id, c.causation_id, c.idempotency_key, c.fingerprint, c.reason_digest,
             c.metadata, c.commit_hash
    """
}

/// Turns rows into events; the events of one commit share its header.
struct EventRowReader {
  let store: EventStore
  /// Nil if personal text is left out.
  private let texts: TextCursor?
  private var lastCommit: Commit?

  init(store: EventStore, includesPersonalText: Bool) {
    self.store = store
    texts = includesPersonalText ? TextCursor(store.database) : nil
  }

  /// The event of a row with `EventRow.columns`.
  mutating func event(_ row: Row) throws -> RecordedEvent {
    let position = row.int64(0)
    let text = row.isNull(6) ? nil : try texts?.text(of: position)
    return try event(row, text, in: try commit(row))
  }

  /// The event of a row that begins with `EventRow.eventColumns`.
  func event(_ row: Row, _ text: PersonalText?, in commit: Commit) throws -> RecordedEvent {
    let position = row.int64(0)
    guard position <= LogBounds.numbers.upperBound,
      position >= -LogBounds.numbers.upperBound,
      LogBounds.streamPositions.contains(row.int64(2))
    else { throw damaged(position, "its position is impossible") }
    return RecordedEvent(
      position: position,
      streamID: try name(store.names.streams, row.int64(1), "stream", at: position),
      streamPosition: row.int64(2),
      type: try name(store.names.eventTypes, row.int64(3), "event type", at: position),
      version: row.int64(4),
      data: row.bytes(5),
      personalText: text,
      personalDigest: try digest(row, 6, "personal_digest", at: position),
      commit: commit)
  }

  private mutating func commit(_ row: Row) throws -> Commit {
    let first = EventRow.eventColumnCount
    if let lastCommit, lastCommit.header.number == row.int64(first) { return lastCommit }
    let end = row.int64(first + 1)
    let reason = row.isNull(first + 9) ? nil : try texts?.reason(at: end)
    let commit = try commit(row, from: first, reason, at: row.int64(0))
    lastCommit = commit
    return commit
  }

  /// The commit whose `EventRow.commitColumns` begin at column `first`; `position` is that of one of its
  /// events, to be blamed.
  func commit(
    _ row: Row, from first: Int32, _ reason: PersonalText?, at position: Int64
  ) throws -> Commit {
    let header = CommitHeader(
      number: row.int64(first),
      lastPosition: row.int64(first + 1),
      recordedAtMicros: row.int64(first + 2),
      explicitEffectiveAtMicros: row.optionalInt64(first + 3),
      actor: try name(store.names.actors, row.int64(first + 4), "actor", at: position),
      correlationID: row.text(first + 5),
      causationID: row.optionalText(first + 6),
      idempotencyKey: row.optionalText(first + 7),
      fingerprint: try digest(row, first + 8, "fingerprint", at: position),
      reasonDigest: try digest(row, first + 9, "reason_digest", at: position),
      otherMetadata: row.optionalBytes(first + 10))
    guard LogBounds.numbers.contains(header.number),
      LogBounds.numbers.contains(header.lastPosition),
      LogBounds.times.contains(header.recordedAtMicros),
      LogBounds.times.contains(header.effectiveAtMicros)
    else { throw damaged(position, "its commit has an impossible number, position or time") }
    guard let hash = try digest(row, first + 11, "commit_hash", at: position) else {
      throw damaged(position, "the commit has no hash")
    }
    return Commit(header: header, reason: reason, hash: hash)
  }

  private func name(
    _ table: NameTable, _ key: Int64, _ what: String, at position: Int64
  ) throws -> String {
    guard let name = try table.name(of: key) else {
      throw damaged(position, "its \(what) has lost its name")
    }
    return name
  }

  private func digest(
    _ row: Row, _ column: Int32, _ what: String, at position: Int64
  ) throws -> Digest256? {
    guard let bytes = row.unsafeBytes(column) else { return nil }
    guard let digest = Digest256(bytes: bytes) else {
      throw damaged(position, "\(what) has \(bytes.count) bytes instead of 32")
    }
    return digest
  }

  func damaged(_ position: Int64, _ problem: String) -> StoreFileError {
    .damaged(path: store.path, position: position, problem: problem)
  }
}
