internal import SQLite

/// What `verify` checks of the file as a whole.
struct FileCheck {
  private let database: Database

  init(_ database: Database) { self.database = database }

  /// Throws if there are rows that the chain pass could not see.
  func checkCounts(_ chain: VerifiedChain) throws {
    let (commits, events) = (chain.place.commitNumber, chain.place.position)
    try checkCount("recorded_events", "events outside any commit", events, at: events + 1)
    try checkCount("commits", "commits without events", commits)
    try checkCount(
      "personal_texts WHERE position > \(events)", "personal texts without an event", 0)
    try checkCount(
      "tree_nodes", "nodes outside the tree", CommitTree.storedNodes(ofCommits: commits))
    try checkCount("store", "several ids of the store", 1)
  }

  private func checkCount(
    _ rows: String, _ what: String, _ expected: Int64, at position: Int64? = nil
  ) throws {
    let count = try database.first("SELECT count(*) FROM \(rows)") { $0.int64(0) } ?? 0
    guard count == expected else {
      throw StoreProblem(
        position: position,
        problem: "there are \(what): \(rows) has \(count) rows, expected \(expected)")
    }
  }

  /// Throws if there are personal texts that the chain pass could not see. Asked of the view that it read: an
  /// erasure may have come between that and another.
  func checkTexts(_ seen: Int64, after start: ChainPass.Place, through end: LogEnd) throws {
    let from = start.position == 0 ? "" : " AND position > \(start.position)"
    try checkCount(
      "personal_texts WHERE position <= \(end.position)\(from)",
      "personal texts without an event", seen)
  }

  /// Checks what can be checked without what the passes found.
  func run() throws {
    try checkStreams()
    try checkLookUps()
    try checkStructures()
  }

  /// Throws if the positions in a stream are not 0, 1, 2, …
  private func checkStreams() throws {
    guard try !streamsAddUp() else { return }
    let gap = try database.first(
      """
      SELECT min(e.position), (SELECT s.stream_id FROM streams s WHERE s.stream_key = e.stream_key)
        FROM recorded_events e GROUP BY e.stream_key
      HAVING count(*) <> max(e.stream_position) + 1 OR min(e.stream_position) <> 0
       ORDER BY 1 LIMIT 1
      """
    ) { ($0.int64(0), $0.text(1)) }
    guard let gap else { return }
    throw StoreProblem(position: gap.0, problem: "the stream '\(gap.1)' has gaps")
  }

  /// Whether the streams' last positions leave room for just the events that there are. As no place in a
  /// stream is taken twice, none is empty then; and this reads the ends of an index, not all of it.
  private func streamsAddUp() throws -> Bool {
    try database.first(
      """
      SELECT total(last + 1) = (SELECT count(*) FROM recorded_events)
             AND coalesce(min(first), 0) = 0
        FROM (SELECT (SELECT max(e.stream_position) FROM recorded_events e
                       WHERE e.stream_key = s.stream_key) AS last,
                     (SELECT min(e.stream_position) FROM recorded_events e
                       WHERE e.stream_key = s.stream_key) AS first
                FROM streams s)
      """
    ) { $0.int64(0) != 0 } ?? false
  }

  /// Throws if a look-up table has rows that the log does not use.
  private func checkLookUps() throws {
    for (table, key, user) in [
      ("streams", "stream_key", "recorded_events"), ("event_types", "type_key", "recorded_events"),
      ("actors", "actor_key", "commits"),
    ] {
      let unused = try database.first(
        "SELECT \(key) FROM \(table) WHERE \(key) NOT IN (SELECT \(key) FROM \(user)) LIMIT 1"
      ) { $0.int64(0) }
      if let unused {
        throw StoreProblem(
          position: nil, problem: "the table '\(table)' has a row \(unused) that nothing uses")
      }
    }
  }

  /// Throws for indexes that miss or repeat rows, pages that nothing points to, and the like.
  private func checkStructures() throws {
    let report = try database.first("PRAGMA integrity_check(1)") { $0.text(0) }
    guard report == "ok" else {
      throw StoreProblem(position: nil, problem: "SQLite finds the file damaged: \(report ?? "?")")
    }
  }
}
