package import SQLite

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

  /// Numbers that no ledger reaches would overflow in what is computed from them.
  private func checkHead(
    _ commitNumber: Int64, _ position: Int64, recordedAtMicros: Int64
  ) throws(StoreFileError) {
    let numbers: ClosedRange<Int64> = 1...(1 << 53)
    // Year 1 to year 9999.
    let times: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999
    guard numbers.contains(commitNumber), numbers.contains(position),
      times.contains(recordedAtMicros)
    else {
      throw .damaged(
        path: store.path, position: position,
        problem: "the last commit has an impossible number, position or time")
    }
  }

  /// The position of a stream's last event; nil if it has none.
  public func version(of streamID: String) throws -> Int64? {
    if let known = store.versions[ByteExactText(text: streamID)] { return known }
    let version = try store.names.streams.key(of: streamID).flatMap { key in
      try store.database.first(
        "SELECT max(stream_position) FROM recorded_events WHERE stream_key = ?", key
      ) { $0.optionalInt64(0) } ?? nil
    }
    return version
  }

  /// Calls `body` for every event that `query` asks for, in its order and in constant memory.
  public func forEachEvent(
    _ query: EventQuery, _ body: (RecordedEvent) throws -> Void
  ) throws {
    var streamKey: Int64?
    if let streamID = query.streamID {
      guard let key = try store.names.streams.key(of: streamID) else { return }
      streamKey = key
    }
    let (sql, values) = query.sql(streamKey: streamKey)
    var reader = EventRowReader(store: store, includesPersonalText: query.includesPersonalText)
    let statement = try store.database.statement(sql)
    defer { statement.reset() }
    try statement.bind(all: values)
    while try statement.step() { try body(try reader.event(statement.row)) }
  }

  /// The commit that holds the event at `position`, and its events in order; nil if there is none.
  public func commit(at position: Int64) throws -> [RecordedEvent]? {
    let number = try store.database.first(
      "SELECT commit_number FROM recorded_events WHERE position = ?", position
    ) { $0.int64(0) }
    return try number.map(events(ofCommit:))
  }

  /// The events of the commit that the key names; nil if it never named one.
  public func commit(idempotencyKey key: String) throws -> [RecordedEvent]? {
    let number = try store.database.first(
      "SELECT commit_number FROM commits WHERE idempotency_key = ?", key
    ) { $0.int64(0) }
    return try number.map(events(ofCommit:))
  }

  private func events(ofCommit number: Int64) throws -> [RecordedEvent] {
    var query = EventQuery()
    query.after = try lastPosition(ofCommit: number - 1)
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

  /// The last position at or before `position` at which a commit ends: a cut never splits a commit.
  public func wholeCommits(through position: Int64) throws -> Int64 {
    let number = try store.database.first(
      "SELECT commit_number FROM recorded_events WHERE position = ?", position
    ) { $0.int64(0) }
    guard let number else { return min(position, try head().position) }
    let last = try lastPosition(ofCommit: number)
    return last <= position ? last : try lastPosition(ofCommit: number - 1)
  }

  func digest(_ bytes: [UInt8], _ column: String, at position: Int64) throws -> Digest256 {
    guard let digest = Digest256(bytes: bytes) else {
      throw StoreFileError.damaged(
        path: store.path, position: position,
        problem: "\(column) has \(bytes.count) bytes instead of 32")
    }
    return digest
  }

  /// Reads from a projection's tables. Throws if they lag behind the log.
  package func query<P: Projection, Result>(
    _ projection: P.Type, _ body: (Database) throws -> Result
  ) throws -> Result {
    try store.projections.requireCurrent(projection, head: try head().position)
    return try body(store.database)
  }
}
