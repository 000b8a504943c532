internal import SQLite

/// The end of the log.
public struct LogHead: Hashable, Sendable {
  /// 0 before the first commit.
  public let commitNumber: Int64
  /// 0 before the first event.
  public let position: Int64
  /// Nil before the first commit.
  public let recordedAtMicros: Int64?
  /// The head of the hash chain.
  public let hash: Digest256
}

/// The store as its only writer sees it, between BEGIN IMMEDIATE and COMMIT.
public final class WriteTransaction {
  /// The end of the log, what this transaction appended included.
  public internal(set) var head: LogHead
  /// The log as it stands now.
  public let log: ReadTransaction
  /// What ended an append half-way: the transaction can't be kept.
  private(set) var failure: (any Error)?
  /// Whether rows of personal texts were removed.
  package internal(set) var hasErased = false
  /// Whether a commit was restored that is an erasure, or lacks a text.
  var hasRestoredErasures = false
  let store: EventStore
  private var stamp: Int64?
  /// The key that was found to name no commit: who asks usually uses it next.
  private var freeKey: ByteExactText?

  /// How far the clock may be behind the last commit before writing is refused.
  public static let longestClockBehindMicros: Int64 = 24 * 3_600 * 1_000_000

  var database: Database { store.database }

  init(store: EventStore) throws {
    self.store = store
    log = ReadTransaction(store: store)
    head = try log.head()
  }

  /// The projection of that type, as the events so far have left it: what waits in its memory counts.
  package func projection<P: Projection>(_ type: P.Type) -> P { store.projections.running(type) }

  /// The recorded time of the next commit: max(clock, last + 1 µs), the same until it is appended.
  ///
  /// Throws `AppendError.clockBehind`.
  public func nextRecordedAtMicros() throws(AppendError) -> Int64 {
    if let stamp { return stamp }
    let clock = store.configuration.clockMicros()
    let last = head.recordedAtMicros ?? Int64.min / 2
    guard clock >= last - Self.longestClockBehindMicros || store.configuration.acceptsClockBehind
    else { throw .clockBehind(clockMicros: clock, lastRecordedAtMicros: last) }
    let next = max(clock, last + 1)
    stamp = next
    return next
  }

  /// Records `commit`: all its events in the order given, one after another in the log.
  ///
  /// Returns the events as recorded; a commit without events is not recorded and returns none. Throws
  /// `AppendError`, and then nothing of it was recorded.
  @discardableResult
  public func append(_ commit: NewCommit) throws -> [RecordedEvent] {
    for append in commit.appends {
      for event in append.events where event.type == PersonalTextErased.type {
        throw AppendError.reservedEventType(PersonalTextErased.type)
      }
    }
    return try appendOwn(commit)
  }

  /// Records `commit`, whatever the types of its events.
  func appendOwn(_ commit: NewCommit) throws -> [RecordedEvent] {
    let placed = try place(commit)
    guard let last = placed.last else { return [] }
    try checkKeyIsFree(commit.idempotency?.key)
    try checkTextFields(of: commit)
    try checkTypes(of: commit)
    let header = CommitHeader(
      number: head.commitNumber + 1, lastPosition: last.position,
      recordedAtMicros: try nextRecordedAtMicros(),
      explicitEffectiveAtMicros: commit.effectiveAtMicros, actor: commit.actor,
      correlationID: commit.correlationID, causationID: commit.causationID,
      idempotencyKey: commit.idempotency?.key, fingerprint: commit.idempotency?.fingerprint,
      reasonDigest: commit.reason?.digest, otherMetadata: commit.otherMetadata)
    guard header.effectiveAtMicros <= header.recordedAtMicros else {
      throw AppendError.effectiveInFuture(
        effectiveAtMicros: header.effectiveAtMicros, recordedAtMicros: header.recordedAtMicros)
    }
    let digests = placed.map(\.digest)
    let hash = HashChain.commit(after: head.hash, header, events: digests)
    let recorded = Commit(header: header, reason: commit.reason, hash: hash)
    let events = placed.map { $0.recorded(in: recorded) }
    return try record(recorded, events)
  }

  /// Records what was checked and returns it as readers see it; if that fails half-way, the
  /// transaction can't be kept.
  @discardableResult
  func record(_ commit: Commit, _ events: [RecordedEvent]) throws -> [RecordedEvent] {
    let current = try events.map(log.current)
    return try keepingWhole {
      try insert(commit, events)
      for event in current { try store.projections.apply(event, log) }
      return current
    }
  }

  /// Runs `change`; if it fails, half of it may be done, and the transaction can't be kept.
  func keepingWhole<Result>(_ change: () throws -> Result) throws -> Result {
    do {
      return try change()
    } catch {
      failure = error
      throw error
    }
  }

  private func insert(_ commit: Commit, _ events: [RecordedEvent]) throws {
    try insert(commit)
    try CommitTree(database: store.database).extend(through: commit.header.number)
    for event in events {
      try insert(event)
      store.versions[ByteExactText(text: event.streamID)] = .some(event.streamPosition)
    }
    head = LogHead(
      commitNumber: commit.header.number, position: commit.header.lastPosition,
      recordedAtMicros: commit.header.recordedAtMicros, hash: commit.hash)
    (stamp, freeKey) = (nil, nil)
  }

  private func checkKeyIsFree(_ key: String?) throws {
    guard let key, try !isFree(key) else { return }
    throw AppendError.idempotencyKeyUsed(key: key)
  }

  func isFree(_ key: String) throws -> Bool { try commit(idempotencyKey: key) == nil }

  /// The events of the commit that the key names; nil if it never named one.
  public func commit(idempotencyKey key: String) throws -> [RecordedEvent]? {
    if ByteExactText(text: key) == freeKey { return nil }
    let events = try log.commit(idempotencyKey: key)
    if events == nil { freeKey = ByteExactText(text: key) }
    return events
  }

  private func checkTextFields(of commit: NewCommit) throws(AppendError) {
    if let reason = commit.reason, reason.field != StoreSchema.reasonField {
      throw .misplacedText(field: reason.field)
    }
    for append in commit.appends {
      for event in append.events {
        guard let text = event.personalText, text.field == StoreSchema.reasonField else { continue }
        throw .misplacedText(field: text.field)
      }
    }
  }

  private func checkTypes(of commit: NewCommit) throws(AppendError) {
    guard let catalog = store.configuration.catalog else { return }
    for append in commit.appends {
      for event in append.events {
        guard let problem = catalog.problem(type: event.type, version: event.version) else {
          continue
        }
        throw .unknownEvent(problem: problem)
      }
    }
  }

  /// The events of `commit` at their places in the log. Throws if a stream is not as expected: what is
  /// expected of one that stands in the commit twice is where the commit itself has left it.
  private func place(_ commit: NewCommit) throws -> [PlacedEvent] {
    var position = head.position
    var places = StreamPlaces(log)
    var placed: [PlacedEvent] = []
    for append in commit.appends {
      let actual = try places.version(of: append.streamID)
      guard append.expectedVersion.accepts(actual) else {
        throw AppendError.wrongExpectedVersion(
          streamID: append.streamID, expected: append.expectedVersion, actual: actual)
      }
      for event in append.events {
        position += 1
        placed.append(
          PlacedEvent(
            position: position, streamID: append.streamID,
            streamPosition: try places.next(in: append.streamID), event: event))
      }
    }
    return placed
  }

  private func insert(_ commit: Commit) throws {
    let header = commit.header
    try store.database.run(
      """
      INSERT INTO commits (commit_number, last_position, recorded_at_us, effective_at_us, actor_key,
        correlation_id, causation_id, idempotency_key, fingerprint, reason_digest, metadata,
        commit_hash)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      header.number, header.lastPosition, header.recordedAtMicros,
      header.explicitEffectiveAtMicros, try store.names.actors.makeKey(of: header.actor),
      header.correlationID, header.causationID, header.idempotencyKey, header.fingerprint?.bytes,
      header.reasonDigest?.bytes, header.otherMetadata.map { TextBytes($0) }, commit.hash.bytes)
    if let reason = commit.reason { try insert(reason, at: header.lastPosition) }
  }

  private func insert(_ event: RecordedEvent) throws {
    try store.database.run(
      """
      INSERT INTO recorded_events (position, commit_number, stream_key, stream_position, type_key,
        event_version, data, personal_digest)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      event.position, event.commit.header.number,
      try store.names.streams.makeKey(of: event.streamID), event.streamPosition,
      try store.names.eventTypes.makeKey(of: event.type), event.version, TextBytes(event.data),
      event.personalDigest?.bytes)
    if let text = event.personalText { try insert(text, at: event.position) }
  }

  private func insert(_ text: PersonalText, at position: Int64) throws {
    try store.database.run(
      "INSERT INTO personal_texts (position, field, salt, text) VALUES (?, ?, ?, ?)",
      position, text.field, text.salt, text.text)
  }
}

/// Hands out places in streams to the events of one commit, which is not recorded yet.
struct StreamPlaces {
  private let log: ReadTransaction
  private var last: [ByteExactText: Int64] = [:]

  init(_ log: ReadTransaction) { self.log = log }

  /// The place of the last event of `streamID`, one of this commit if it has any; nil if it has none.
  func version(of streamID: String) throws -> Int64? {
    try last[ByteExactText(text: streamID)] ?? log.version(of: streamID)
  }

  /// The place of the next event of `streamID`, which is taken by it.
  mutating func next(in streamID: String) throws -> Int64 {
    let next = (try version(of: streamID) ?? -1) + 1
    last[ByteExactText(text: streamID)] = next
    return next
  }
}

/// A new event and its place in the log.
private struct PlacedEvent {
  let position: Int64
  let streamID: String
  let streamPosition: Int64
  let event: NewEvent

  var digest: Digest256 {
    HashChain.event(
      position: position, streamID: streamID, streamPosition: streamPosition, type: event.type,
      version: event.version, data: event.data, personalDigest: event.personalText?.digest)
  }

  func recorded(in commit: Commit) -> RecordedEvent {
    RecordedEvent(
      position: position, streamID: streamID, streamPosition: streamPosition, type: event.type,
      version: event.version, data: event.data, personalText: event.personalText,
      personalDigest: event.personalText?.digest, commit: commit)
  }
}
