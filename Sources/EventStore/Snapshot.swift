internal import SQLite

/// The saved state of an aggregate at one place of its stream: a cache, never the truth.
public struct Snapshot: Hashable, Sendable {
  /// The stream.
  public let streamID: String
  /// The stream position of the last event in it.
  public let streamPosition: Int64
  /// The global position of that event.
  public let position: Int64
  /// The version of the state's encoding.
  public let stateVersion: Int64
  /// When it was taken: microseconds since 1970, UTC.
  public let takenAtMicros: Int64
  /// The state, one JSON document.
  public let state: [UInt8]
  /// As stored; 32 bytes, if nobody damaged it.
  let checksum: [UInt8]

  /// The columns of a snapshot, in the order in which `init(_:_:)` takes them.
  static let columns = "stream_position, position, state_version, taken_at_us, state, checksum"

  init(_ streamID: String, _ row: Row) {
    self.streamID = streamID
    streamPosition = row.int64(0)
    position = row.int64(1)
    stateVersion = row.int64(2)
    takenAtMicros = row.int64(3)
    state = row.bytes(4)
    checksum = row.bytes(5)
  }

  /// A snapshot that is new; `commitHash` is that of the commit with its last event.
  init(
    _ streamID: String, at streamPosition: Int64, position: Int64, stateVersion: Int64,
    takenAtMicros: Int64, state: [UInt8], commitHash: Digest256
  ) {
    self.streamID = streamID
    self.streamPosition = streamPosition
    self.position = position
    self.stateVersion = stateVersion
    self.takenAtMicros = takenAtMicros
    self.state = state
    checksum =
      Self.checksum(
        streamID, streamPosition, position, stateVersion, takenAtMicros, state, commitHash
      ).bytes
  }

  /// SHA-256 over everything in a snapshot and the hash of the commit with its last event, so that it
  /// answers for that very history.
  private static func checksum(
    _ streamID: String, _ streamPosition: Int64, _ position: Int64, _ stateVersion: Int64,
    _ takenAtMicros: Int64, _ state: [UInt8], _ commitHash: Digest256
  ) -> Digest256 {
    var fields = CanonicalBytes("snapshot", version: 1)
    fields.append(streamID)
    fields.append(streamPosition)
    fields.append(position)
    fields.append(stateVersion)
    fields.append(takenAtMicros)
    fields.append(state)
    fields.append(commitHash)
    return fields.digest
  }

  /// Nil if it is what was saved, of an event that is still there; else what is wrong.
  func damage(_ log: ReadTransaction) throws -> String? {
    guard LogBounds.streamPositions.contains(streamPosition),
      let place = try log.place(of: streamID, at: streamPosition)
    else {
      return "it is ahead of its stream"
    }
    guard place.position == position else { return "it names another event" }
    let expected = Self.checksum(
      streamID, streamPosition, position, stateVersion, takenAtMicros, state, place.commitHash)
    return checksum == expected.bytes ? nil : "its checksum is wrong"
  }
}

extension ReadTransaction {
  /// Where the event of `streamID` at `streamPosition` stands, and the hash and the last position of
  /// its commit; nil if there is none.
  package func place(
    of streamID: String, at streamPosition: Int64
  ) throws -> (position: Int64, commitHash: Digest256, commitEnd: Int64)? {
    guard let key = try store.names.streams.key(of: streamID) else { return nil }
    return try store.database.first(
      """
      SELECT e.position, c.commit_hash, c.last_position
        FROM recorded_events e JOIN commits c ON c.commit_number = e.commit_number
       WHERE e.stream_key = ? AND e.stream_position = ?
      """, key, streamPosition
    ) { (row: Row) in
      (row.int64(0), try digest(row.bytes(1), "commit_hash", at: row.int64(0)), row.int64(2))
    }
  }

  /// The newest usable snapshot whose events `query` lets through, and the state in it.
  func newestSnapshot<State: Aggregate>(
    _ type: State.Type, _ query: EventQuery
  ) throws -> Loaded<State>? {
    guard let codec = State.snapshots, try store.snapshotPolicy().isEnabled,
      let streamID = query.streamID, let key = try store.names.streams.key(of: streamID)
    else { return nil }
    var unusable: [Int64] = []
    let statement = try store.database.statement(
      """
      SELECT \(Snapshot.columns) FROM snapshots
       WHERE stream_key = ? AND stream_position <= ? AND position <= ?
       ORDER BY stream_position DESC
      """)
    defer { statement.reset() }
    let through = try lastPosition(of: query)
    try statement.bind(key, query.throughStreamPosition ?? .max, through)
    while try statement.step() {
      let snapshot = Snapshot(streamID, statement.row)
      switch try state(of: snapshot, codec) {
      case .success(let state):
        var loaded = Loaded(snapshot, state)
        loaded.unusableSnapshots = unusable
        return loaded
      case .failure(let problem):
        unusable.append(snapshot.streamPosition)
        store.report(
          .snapshotIgnored(
            streamID: streamID, streamPosition: snapshot.streamPosition, problem: problem.text))
      }
    }
    guard !unusable.isEmpty else { return nil }
    var loaded = Loaded<State>(before: streamID)
    loaded.unusableSnapshots = unusable
    return loaded
  }

  /// The last global position that the bounds of `query` let through.
  private func lastPosition(of query: EventQuery) throws -> Int64 {
    let recorded = try query.recordedThroughMicros.map { try lastPosition(recordedThrough: $0) }
    return min(query.through ?? .max, recorded ?? .max)
  }

  /// Why a snapshot can't be used.
  struct SnapshotProblem: Error { let text: String }

  /// The state in `snapshot`, or why it can't be used.
  func state<State>(
    of snapshot: Snapshot, _ codec: SnapshotCodec<State>
  ) throws -> Result<State, SnapshotProblem> {
    if let damage = try snapshot.damage(self) { return .failure(.init(text: damage)) }
    guard snapshot.stateVersion == codec.version else {
      return .failure(
        .init(
          text: "its state has version \(snapshot.stateVersion), and this version of the program "
            + "makes \(codec.version)"))
    }
    do {
      return .success(try codec.decode(snapshot.streamID, snapshot.state))
    } catch {
      return .failure(.init(text: "its state can't be read: \(error)"))
    }
  }

  /// All snapshots in the order of the events they stand at, oldest first, one at a time.
  package func snapshotsByPosition() throws -> SnapshotCursor {
    SnapshotCursor(
      try store.database.statement(
        """
        SELECT \(Snapshot.columns), s.stream_id
          FROM snapshots LEFT JOIN streams s USING (stream_key) ORDER BY position, stream_key
        """))
  }

  /// Nil if `snapshot` is what was saved and holds the state that `loaded` is at the same version, or
  /// a state of another version; else what is wrong with it.
  package func problem<State: Aggregate & Equatable>(
    with snapshot: Snapshot, at loaded: Loaded<State>
  ) throws -> String? {
    if let damage = try snapshot.damage(self) { return damage }
    guard let codec = State.snapshots, snapshot.stateVersion == codec.version else { return nil }
    switch try state(of: snapshot, codec) {
    case .failure(let problem): return problem.text
    case .success(let state): return state == loaded.state ? nil : "it differs from its events"
    }
  }

  /// Calls `body` for every snapshot, or those of one stream, by stream and then oldest first.
  public func forEachSnapshot(
    of streamID: String? = nil, _ body: (Snapshot) throws -> Void
  ) throws {
    let filter = streamID == nil ? "?1 IS NULL" : "s.stream_id = ?1"
    try store.database.forEach(
      """
      SELECT \(Snapshot.columns), s.stream_id
        FROM snapshots JOIN streams s USING (stream_key)
       WHERE \(filter)
       ORDER BY s.stream_id, stream_position
      """, streamID
    ) { try body(Snapshot($0.text(6), $0)) }
  }
}

/// Reads snapshots one at a time, while other reads of the transaction go on.
package final class SnapshotCursor {
  private let statement: Statement
  private var isAtEnd = false

  init(_ statement: Statement) { self.statement = statement }

  deinit { statement.reset() }

  /// The next snapshot; nil after the last.
  package func next() throws -> Snapshot? {
    guard !isAtEnd else { return nil }
    isAtEnd = try !statement.step()
    return isAtEnd ? nil : Snapshot(statement.row.text(6), statement.row)
  }
}
