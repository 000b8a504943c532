internal import SQLite

extension ChainPass.Place {
  /// The end of the commit whose last event stands at `position`; before the first commit if it is 0.
  ///
  /// Throws `InsideCommitError` if no commit ends there, and `StoreProblem` if the log ends before.
  init(_ database: Database, at position: Int64, _ end: LogEnd) throws {
    guard position > 0 else {
      let genesis = HashChain.genesis(storeID: try StoreFile.storeID(of: database))
      self.init(commitNumber: 0, position: 0, hash: genesis, recordedAtMicros: .min)
      return
    }
    guard position <= end.position else {
      throw StoreProblem(
        position: end.position + 1,
        problem: "the log ends at position \(end.position): "
          + "its end up to position \(position) is missing")
    }
    let commit = try database.first(
      """
      SELECT c.commit_number, c.last_position, c.commit_hash, c.recorded_at_us,
             (SELECT p.last_position FROM commits p WHERE p.commit_number = c.commit_number - 1)
        FROM recorded_events e JOIN commits c ON c.commit_number = e.commit_number
       WHERE e.position = ?
      """, position
    ) { row in
      guard let hash = Digest256(bytes: row.bytes(2)) else {
        throw StoreProblem(position: position, problem: "its commit has no hash")
      }
      guard [0, 1].allSatisfy({ LogBounds.numbers.contains(row.int64($0)) }) else {
        throw StoreProblem(
          position: position, problem: "its commit has an impossible number or position")
      }
      let place = ChainPass.Place(
        commitNumber: row.int64(0), position: row.int64(1), hash: hash,
        recordedAtMicros: row.int64(3))
      return (place: place, before: row.int64(4))
    }
    guard let commit else {
      throw StoreProblem(position: position, problem: "event \(position) is missing")
    }
    guard commit.place.position == position else {
      let (before, after) = (commit.before, commit.place.position)
      throw InsideCommitError(position: position, ends: min(before, after)...max(before, after))
    }
    self = commit.place
  }
}
