internal import SQLite

/// A commit's place in the log, and what it says about its cause.
public struct Causation: Hashable, Sendable {
  /// Global positions of its events.
  public let positions: ClosedRange<Int64>
  /// What caused it; nil if nobody said.
  public let causationID: String?
}

extension ReadTransaction {
  /// Of the commit that holds the event at `position`; nil if there is none.
  public func causation(at position: Int64) throws -> Causation? {
    let found = try store.database.first(
      "\(Self.causations) WHERE c.commit_number = \(Self.commitNumber)", position, read: causation)
    // Else who follows causes might never come to the first.
    if let found, !found.positions.contains(position) { throw impossible(position) }
    return found
  }

  /// Calls `body` for every commit after the one that holds the event at `position` whose causation id
  /// begins with a digit other than 0, in the order of recording and in constant memory.
  public func forEachCausation(
    after position: Int64, _ body: (Causation) throws -> Void
  ) throws {
    var last: Int64?
    // There is no index on causation ids: one pass over the commits, without their events.
    try store.database.forEach(
      """
      \(Self.causations)
       WHERE c.commit_number > \(Self.commitNumber) AND c.causation_id GLOB '[1-9]*'
       ORDER BY c.commit_number
      """, position
    ) { row in
      let found = try causation(row)
      // Commits that come twice would have twice as many effects each time.
      if let last, found.positions.lowerBound <= last {
        throw impossible(found.positions.upperBound)
      }
      last = found.positions.upperBound
      try body(found)
    }
  }

  private static let causations = """
    SELECT c.last_position, c.causation_id, coalesce(b.last_position, 0),
           (SELECT count(*) FROM recorded_events e
             WHERE e.position > coalesce(b.last_position, 0) AND e.position <= c.last_position
               AND e.commit_number = c.commit_number)
      FROM commits c LEFT JOIN commits b ON b.commit_number = c.commit_number - 1
    """
  private static let commitNumber =
    "(SELECT commit_number FROM recorded_events WHERE position = ?)"

  private func causation(_ row: Row) throws -> Causation {
    let (last, lastBefore) = (row.int64(0), row.int64(2))
    guard LogBounds.numbers.contains(last), (0..<last).contains(lastBefore),
      row.int64(3) == last - lastBefore
    else { throw impossible(last) }
    return Causation(positions: lastBefore + 1...last, causationID: row.optionalText(1))
  }

  private func impossible(_ position: Int64) -> StoreFileError {
    .damaged(path: store.path, position: position, problem: "its commit has an impossible position")
  }
}
