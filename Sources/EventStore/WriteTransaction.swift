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
    try append(commit, decode: nil)
  }

  /// Records `commit` like the other `append`. What `decode` makes of each event, in order, is shown to
  /// projections: the writer knows what it encoded, and must say the same as the configuration's `decode`.
  @discardableResult
  package func append(_ commit: NewCommit, decode: EventDecode?) throws -> [RecordedEvent] {
    for append in commit.appends {
      for event in append.events where event.type == PersonalTextErased.type {
        throw AppendError.reservedEventType(PersonalTextErased.type)
      }
    }
    return try appendOwn(commit, decode: decode)
  }

  /// Records `commit`, whatever the types of its events.
  func appendOwn(_ commit: NewCommit, decode: EventDecode? = nil) throws -> [RecordedEvent] {
    let places = try place(commit)
    guard let last = places.last else { return [] }
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
    let hash = HashChain.commit(after: head.hash, header, events: commit.digests(at: places))
    let recorded = Commit(header: header, reason: commit.reason, hash: hash)
    return try record(
      recorded, commit.events(at: places, in: recorded), streamKeys: places.map(\.streamKey),
      decode: decode)
  }

  /// Records what was checked and returns it as readers see it; if that fails half-way, the
  /// transaction can't be kept. `streamKeys` are those of the events' streams, nil where not known.
  @discardableResult
  func record(
    _ commit: Commit, _ events: [RecordedEvent], streamKeys: [Int64?], decode: EventDecode? = nil
  ) throws -> [RecordedEvent] {
    let current = try events.map(log.current)
    let decode = decode ?? store.configuration.decode
    return try keepingWhole {
      try insert(commit, events, streamKeys)
      for event in current {
        try store.projections.apply(ProjectedEvent(event, content: try decode(event)), log)
      }
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

  private func insert(
    _ commit: Commit, _ events: [RecordedEvent], _ streamKeys: [Int64?]
  ) throws {
    try insert(commit)
    try CommitTree(database: store.database).extend(through: commit.header.number)
    for (event, streamKey) in zip(events, streamKeys) {
      let key = try streamKey ?? store.names.streams.makeKey(of: event.streamID)
      try insert(event, streamKey: key)
      store.versions[key] = event.streamPosition
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

  /// The places of the events of `commit` in the log. Throws if a stream is not as expected: what is
  /// expected of one that stands in the commit twice is where the commit itself has left it.
  private func place(_ commit: NewCommit) throws -> [EventPlace] {
    var position = head.position
    var streams = StreamPlaces(log)
    var places: [EventPlace] = []
    places.reserveCapacity(commit.appends.count)
    for append in commit.appends {
      var stream = try streams.place(in: append.streamID)
      guard append.expectedVersion.accepts(stream.version) else {
        throw AppendError.wrongExpectedVersion(
          streamID: append.streamID, expected: append.expectedVersion, actual: stream.version)
      }
      for _ in append.events {
        position += 1
        places.append(
          EventPlace(position: position, streamKey: stream.key, streamPosition: stream.next()))
      }
      streams.take(stream)
    }
    return places
  }

  private func insert(_ commit: Commit) throws {
    let header = commit.header
    let actorKey = try store.names.actors.makeKey(of: header.actor)
    let statement = try store.database.statement(
      literal: """
        INSERT INTO commits (commit_number, last_position, recorded_at_us, effective_at_us,
          actor_key, correlation_id, causation_id, idempotency_key, fingerprint, reason_digest,
          metadata, commit_hash)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    try statement.run {
      $0.add(header.number)
      $0.add(header.lastPosition)
      $0.add(header.recordedAtMicros)
      $0.add(header.explicitEffectiveAtMicros)
      $0.add(actorKey)
      $0.add(header.correlationID)
      $0.add(header.causationID)
      $0.add(header.idempotencyKey)
      $0.add(header.fingerprint)
      $0.add(header.reasonDigest)
      $0.add(text: header.otherMetadata)
      $0.add(commit.hash)
    }
    if let reason = commit.reason { try insert(reason, at: header.lastPosition) }
  }

  private func insert(_ event: RecordedEvent, streamKey: Int64) throws {
    let typeKey = try store.names.eventTypes.makeKey(of: event.type)
    let statement = try store.database.statement(
      literal: """
        INSERT INTO recorded_events (position, commit_number, stream_key, stream_position, type_key,
          event_version, data, personal_digest)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """)
    try statement.run {
      $0.add(event.position)
      $0.add(event.commit.number)
      $0.add(streamKey)
      $0.add(event.streamPosition)
      $0.add(typeKey)
      $0.add(event.version)
      $0.add(text: event.data)
      $0.add(event.personalDigest)
    }
    if let text = event.personalText { try insert(text, at: event.position) }
  }

  private func insert(_ text: PersonalText, at position: Int64) throws {
    try store.database.run(
      "INSERT INTO personal_texts (position, field, salt, text) VALUES (?, ?, ?, ?)",
      position, text.field, text.salt, text.text)
  }
}

/// Where a new event will stand.
private struct EventPlace {
  let position: Int64
  /// Nil if the stream is new to the file.
  let streamKey: Int64?
  let streamPosition: Int64
}

extension NewCommit {
  /// Calls `body` for each event, its stream and its place.
  fileprivate func forEachEvent(
    at places: [EventPlace], _ body: (NewEvent, _ streamID: String, EventPlace) -> Void
  ) {
    var index = 0
    for append in appends {
      for event in append.events {
        body(event, append.streamID, places[index])
        index += 1
      }
    }
  }

  /// The digests of the events, in order.
  fileprivate func digests(at places: [EventPlace]) -> [Digest256] {
    var digests: [Digest256] = []
    digests.reserveCapacity(places.count)
    forEachEvent(at: places) { event, streamID, place in
      digests.append(
        HashChain.event(
          position: place.position, streamID: streamID, streamPosition: place.streamPosition,
          type: event.type, version: event.version, data: event.data,
          personalDigest: event.personalText?.digest))
    }
    return digests
  }

  /// The events as they are once `commit` has recorded them.
  fileprivate func events(at places: [EventPlace], in commit: Commit) -> [RecordedEvent] {
    var events: [RecordedEvent] = []
    events.reserveCapacity(places.count)
    forEachEvent(at: places) { event, streamID, place in
      events.append(
        RecordedEvent(
          position: place.position, streamID: streamID, streamPosition: place.streamPosition,
          type: event.type, version: event.version, data: event.data,
          personalText: event.personalText, personalDigest: event.personalText?.digest,
          commit: commit))
    }
    return events
  }
}
