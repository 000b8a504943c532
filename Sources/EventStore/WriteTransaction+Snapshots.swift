internal import SQLite

extension WriteTransaction {
  /// Saves a snapshot of `loaded` if the file's policy says that one is due, and thins out older ones.
  ///
  /// A snapshot is a cache: if it can't be written, a notice says so and the transaction goes on.
  public func saveSnapshotIfDue<State: Aggregate>(
    of loaded: inout Loaded<State>
  ) throws {
    guard State.snapshots != nil else { return }
    let now = head.recordedAtMicros ?? store.configuration.clockMicros()
    let policy = try store.snapshotPolicy()
    guard policy.isDue(loaded, nowMicros: now) else { return }
    try database.execute("SAVEPOINT snapshot")
    do {
      try noteNewest(of: &loaded)
      if policy.isDue(loaded, nowMicros: now) { try saveSnapshot(of: &loaded) }
      try database.execute("RELEASE snapshot")
    } catch let error as DatabaseError {
      // Where SQLite has ended the whole transaction, the command itself has failed.
      guard database.isInTransaction else { throw error }
      try database.execute("ROLLBACK TO snapshot; RELEASE snapshot")
      store.report(.snapshotNotWritten(streamID: loaded.streamID, problem: error.message))
    }
  }

  /// Looks whether somebody has saved one since `loaded` was found.
  private func noteNewest<State: Aggregate>(of loaded: inout Loaded<State>) throws {
    // Those that can't be used are still to be replaced, and were told of.
    guard loaded.unusableSnapshots.isEmpty else { return }
    var query = EventQuery(streamID: loaded.streamID)
    query.throughStreamPosition = loaded.version
    guard let newest = try log.newestSnapshot(State.self, query)?.version,
      newest > loaded.snapshotVersion ?? -1
    else { return }
    loaded.snapshotVersion = newest
    loaded.eventsFolded = 0
    loaded.unsavedSinceMicros = nil
    (query.afterStreamPosition, query.limit) = (newest, 1)
    (query.includesPersonalText, query.isRaw) = (false, true)
    try log.forEachEvent(query) { loaded.unsavedSinceMicros = $0.commit.header.recordedAtMicros }
  }

  /// Saves a snapshot of `loaded`, the state of its stream at its version, and thins out the others of
  /// that stream. False if it started from that very snapshot, or there is nothing to save.
  @discardableResult
  public func saveSnapshot<State: Aggregate>(
    of loaded: inout Loaded<State>
  ) throws -> Bool {
    guard let codec = State.snapshots, let version = loaded.version,
      let key = try store.names.streams.key(of: loaded.streamID),
      let place = try log.place(of: loaded.streamID, at: version)
    else { return false }
    try delete(loaded.unusableSnapshots, ofStream: key)
    guard loaded.snapshotVersion != version else { return false }
    let snapshot = Snapshot(
      loaded.streamID, at: version, position: place.position, stateVersion: codec.version,
      takenAtMicros: store.configuration.clockMicros(), state: codec.encode(loaded.state),
      commitHash: place.commitHash)
    try insert(snapshot, key)
    try delete(SnapshotPolicy.thinned(try snapshotPositions(ofStream: key)), ofStream: key)
    loaded.isSaved()
    return true
  }

  /// Removes the snapshots of one stream, or of all, that `isSuperfluous` names; returns how many.
  ///
  /// It is told, stream by stream, each snapshot and how many newer ones its stream has.
  public func pruneSnapshots(
    of streamID: String? = nil, _ isSuperfluous: (Snapshot, _ newer: Int) -> Bool
  ) throws -> Int {
    var pruned = streamID == nil ? try deleteSnapshotsWithoutStream() : 0
    var stream: [Snapshot] = []
    func prune() throws {
      guard let first = stream.first, let key = try store.names.streams.key(of: first.streamID)
      else { return }
      let superfluous = stream.enumerated().filter {
        isSuperfluous($0.element, stream.count - 1 - $0.offset)
      }.map(\.element.streamPosition)
      try delete(superfluous, ofStream: key)
      pruned += superfluous.count
      stream.removeAll(keepingCapacity: true)
    }
    try log.forEachSnapshot(of: streamID) { snapshot in
      if let last = stream.last,
        ByteExactText(text: last.streamID) != ByteExactText(text: snapshot.streamID)
      {
        try prune()
      }
      stream.append(snapshot)
    }
    try prune()
    return pruned
  }

  /// Chooses when commands take snapshots in this file, whatever was chosen before. Limits must be
  /// positive.
  public func setSnapshotPolicy(_ policy: SnapshotPolicy) throws {
    try policy.save(in: database)
    store.forgetSnapshotPolicy()
  }

  /// What no stream answers for is superfluous in any case; returns how many there were.
  private func deleteSnapshotsWithoutStream() throws -> Int {
    let orphans = "FROM snapshots WHERE stream_key NOT IN (SELECT stream_key FROM streams)"
    let count = try database.first("SELECT count(*) \(orphans)") { $0.int64(0) } ?? 0
    try database.run("DELETE \(orphans)")
    return Int(count)
  }

  private func insert(_ snapshot: Snapshot, _ key: Int64) throws {
    try database.run(
      """
      INSERT OR REPLACE INTO snapshots (stream_key, stream_position, position, state_version,
        taken_at_us, state, checksum)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """,
      key, snapshot.streamPosition, snapshot.position, snapshot.stateVersion,
      snapshot.takenAtMicros, TextBytes(snapshot.state), snapshot.checksum)
  }

  private func delete(_ positions: [Int64], ofStream key: Int64) throws {
    for position in positions {
      try database.run(
        "DELETE FROM snapshots WHERE stream_key = ? AND stream_position = ?", key, position)
    }
  }

  private func snapshotPositions(ofStream key: Int64) throws -> [Int64] {
    var positions: [Int64] = []
    try database.forEach(
      "SELECT stream_position FROM snapshots WHERE stream_key = ? ORDER BY stream_position", key
    ) { positions.append($0.int64(0)) }
    return positions
  }
}
