internal import SQLite

/// One unchanging view of the log.
public struct ReadTransaction {
  let store: EventStore

  /// The end of the log.
  public func head() throws -> LogHead {
    try store.database.first(
      """
      SELECT commit_number, last_position, recorded_at_us, commit_hash
        FROM commits ORDER BY commit_number DESC LIMIT 1
      """
    ) { row in
      try checkHead(row.int64(0), row.int64(1), recordedAtMicros: row.int64(2))
      return LogHead(
        commitNumber: row.int64(0), position: row.int64(1), recordedAtMicros: row.int64(2),
        hash: try digest(row.bytes(3), "commit_hash", at: row.int64(1)))
    }
      ?? LogHead(
        commitNumber: 0, position: 0, recordedAtMicros: nil,
        hash: HashChain.genesis(storeID: store.storeID))
  }

  /// What the end of the log was when `position`, where a commit ends, was it.
  package func head(through position: Int64) throws -> LogHead {
    let head = try head()
    guard position < head.position else { return head }
    let found = try store.database.first(
      """
      SELECT c.commit_number, c.last_position, c.recorded_at_us, c.commit_hash
        FROM commits c JOIN recorded_events e ON e.commit_number = c.commit_number
       WHERE e.position = ?
      """, position
    ) { row in
      LogHead(
        commitNumber: row.int64(0), position: row.int64(1), recordedAtMicros: row.int64(2),
        hash: try digest(row.bytes(3), "commit_hash", at: row.int64(1)))
    }
    return found
      ?? LogHead(
        commitNumber: 0, position: 0, recordedAtMicros: nil,
        hash: HashChain.genesis(storeID: store.storeID))
  }

  /// Numbers that no ledger reaches would overflow in what is computed from them.
  private func checkHead(
    _ commitNumber: Int64, _ position: Int64, recordedAtMicros: Int64
  ) throws(StoreFileError) {
    guard LogBounds.numbers.contains(commitNumber), LogBounds.numbers.contains(position),
      LogBounds.times.contains(recordedAtMicros)
    else {
      throw .damaged(
        path: store.path, position: position,
        problem: "the last commit has an impossible number, position or time")
    }
  }

  /// The position of a stream's last event; nil if it has none.
  public func version(of streamID: String) throws -> Int64? {
    try store.names.streams.key(of: streamID).flatMap { try version(of: streamID, key: $0) }
  }

  /// The position of the last event of the stream called `streamID`, whose key is known.
  func version(of streamID: String, key: Int64) throws -> Int64? {
    if let known = store.versions[key] { return known }
    let version =
      try store.database.first(
        "SELECT max(stream_position) FROM recorded_events WHERE stream_key = ?", key
      ) { $0.optionalInt64(0) } ?? nil
    guard LogBounds.streamPositions.contains(version ?? 0) else {
      throw StoreFileError.damaged(
        path: store.path, position: nil,
        problem: "the stream '\(streamID)' has an impossible last position")
    }
    return version
  }

  /// Calls `body` for every event that `query` asks for and `isWanted` lets through, in its order and in
  /// constant memory; the query's limit counts these.
  ///
  /// Events come in the current version of their type, unless the query is raw. Throws
  /// `EventDecodingError` at the first that this program can't read.
  public func forEachEvent(
    _ query: EventQuery, where isWanted: (RecordedEvent) throws -> Bool = { _ in true },
    _ body: (RecordedEvent) throws -> Void
  ) throws {
    try readEvents(query, where: isWanted) { event in
      try body(event)
      return true
    }
  }

  /// Like `forEachEvent`, until `body` returns false: what comes after is not read.
  public func readEvents(
    _ query: EventQuery, where isWanted: (RecordedEvent) throws -> Bool = { _ in true },
    while body: (RecordedEvent) throws -> Bool
  ) throws {
    guard let (sql, values) = try query.sql(self) else { return }
    var remaining = query.limit ?? .max
    var order = ReadingOrder(query)
    var reader = EventRowReader(store: store, includesPersonalText: query.includesPersonalText)
    let statement = try store.database.statement(sql)
    defer { statement.reset() }
    try statement.bind(all: values)
    while remaining > 0, try statement.step() {
      let stored = try reader.event(statement.row)
      try order.check(stored, path: store.path)
      let event = query.isRaw ? stored : try current(stored)
      guard try isWanted(event) else { continue }
      remaining -= 1
      guard try body(event) else { return }
    }
  }

  /// `stored` in the current version of its type. Throws `EventDecodingError` if it can't be read.
  public func current(_ stored: RecordedEvent) throws(EventDecodingError) -> RecordedEvent {
    try store.configuration.catalog?.current(stored) ?? stored
  }

  /// Whether `stored` is what `current` makes of it.
  func isCurrent(_ stored: RecordedEvent) -> Bool {
    store.configuration.catalog.map { $0[stored.type]?.version == stored.version } ?? true
  }

  /// The event at `position`, upcast; nil if there is none.
  public func event(at position: Int64) throws -> RecordedEvent? {
    guard position > 0 else { return nil }
    var query = EventQuery()
    (query.after, query.through) = (position - 1, position)
    var found: RecordedEvent?
    try forEachEvent(query) { found = $0 }
    return found
  }

  /// The last global position that was recorded at or before `micros`; 0 if none was.
  public func lastPosition(recordedThrough micros: Int64) throws -> Int64 {
    // Commit numbers are dense and recorded times increase with them: bisection needs no index.
    var (known, beyond) = (Int64(0), try head().commitNumber + 1)
    while beyond - known > 1 {
      let middle = known + (beyond - known) / 2
      let recordedAt = try store.database.first(
        "SELECT recorded_at_us FROM commits WHERE commit_number = ?", middle
      ) { $0.int64(0) }
      if let recordedAt, recordedAt <= micros { known = middle } else { beyond = middle }
    }
    return try lastPosition(ofCommit: known)
  }

  func lastPosition(recordedBefore micros: Int64) throws -> Int64 {
    try lastPosition(recordedThrough: micros == .min ? .min : micros - 1)
  }

  /// At most `limit` ids of streams, in order, after `after`, that begin with `prefix` and have events
  /// since their newest snapshot; `takenBefore` (microseconds since 1970, UTC) leaves out streams whose
  /// newest snapshot is not older than that.
  public func streamsWithoutSnapshot(
    prefix: String, after: String?, takenBefore micros: Int64?, limit: Int
  ) throws -> [String] {
    var ids: [String] = []
    var last = after ?? ""
    try store.database.forEach(
      """
      SELECT s.stream_id FROM streams s
       WHERE s.stream_id > ?1 AND instr(s.stream_id, ?2) = 1
         AND (SELECT max(e.stream_position) FROM recorded_events e
               WHERE e.stream_key = s.stream_key)
           > coalesce((SELECT max(n.stream_position) FROM snapshots n
                        WHERE n.stream_key = s.stream_key), -1)
         AND (?3 IS NULL OR coalesce((SELECT max(n.taken_at_us) FROM snapshots n
                                       WHERE n.stream_key = s.stream_key), ?3 - 1) < ?3)
       ORDER BY s.stream_id LIMIT ?4
      """, last, prefix, micros, limit
    ) { row in
      let id = row.text(0)
      // Else who asks for what comes after the last of them might never reach the end.
      guard last.utf8.lexicographicallyPrecedes(id.utf8) else {
        throw StoreFileError.damaged(
          path: store.path, position: nil, problem: "the names of streams are out of order")
      }
      ids.append(id)
      last = id
    }
    return ids
  }

  /// The commit that holds the event at `position`, and its events in order, as they are stored if
  /// `isRaw`; nil if there is none.
  public func commit(at position: Int64, isRaw: Bool = false) throws -> [RecordedEvent]? {
    let number = try store.database.first(
      "SELECT commit_number FROM recorded_events WHERE position = ?", position
    ) { $0.int64(0) }
    return try number.map { try events(ofCommit: $0, isRaw: isRaw) }
  }

  /// The events of the commit that the key names; nil if it never named one.
  public func commit(idempotencyKey key: String) throws -> [RecordedEvent]? {
    let statement = try store.database.statement(
      literal: "SELECT commit_number FROM commits WHERE idempotency_key = ?")
    let number = try statement.first({ $0.add(key) }) { $0.int64(0) }
    return try number.map { try events(ofCommit: $0) }
  }

  private func events(ofCommit number: Int64, isRaw: Bool = false) throws -> [RecordedEvent] {
    var query = EventQuery()
    query.isRaw = isRaw
    query.after = try lastPosition(beforeCommit: number)
    query.through = try lastPosition(ofCommit: number)
    var events: [RecordedEvent] = []
    try forEachEvent(query) { events.append($0) }
    guard !events.isEmpty else {
      throw StoreFileError.damaged(
        path: store.path, position: query.through, problem: "commit \(number) has no events")
    }
    return events
  }

  /// 0 for commit number 0.
  private func lastPosition(ofCommit number: Int64) throws -> Int64 {
    try store.database.first(
      "SELECT last_position FROM commits WHERE commit_number = ?", number
    ) { $0.int64(0) } ?? 0
  }

  /// Where the commit before that one ends; 0 if there is none.
  private func lastPosition(beforeCommit number: Int64) throws -> Int64 {
    try store.database.first(
      """
      SELECT last_position FROM commits WHERE commit_number < ?
       ORDER BY commit_number DESC LIMIT 1
      """, number
    ) { $0.int64(0) } ?? 0
  }

  /// The last position at or before `position` at which a commit ends: a cut never splits a commit.
  public func wholeCommits(through position: Int64) throws -> Int64 {
    let number = try store.database.first(
      "SELECT commit_number FROM recorded_events WHERE position = ?", position
    ) { $0.int64(0) }
    guard let number else { return min(position, try head().position) }
    let last = try lastPosition(ofCommit: number)
    return last <= position ? last : try lastPosition(beforeCommit: number)
  }

  func digest(_ bytes: [UInt8], _ column: String, at position: Int64) throws -> Digest256 {
    guard let digest = Digest256(bytes: bytes) else {
      throw StoreFileError.damaged(
        path: store.path, position: position,
        problem: "\(column) has \(bytes.count) bytes instead of 32")
    }
    return digest
  }
}

/// What no store reaches. Numbers beyond would overflow in what is computed from them.
enum LogBounds {
  /// Commit numbers and global positions.
  static let numbers: ClosedRange<Int64> = 1...(1 << 53)
  static let streamPositions: ClosedRange<Int64> = 0...(1 << 53)
  /// Year 1 to year 9999, in microseconds since 1970, UTC.
  static let times: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999
}
