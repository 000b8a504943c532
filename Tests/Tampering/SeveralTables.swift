/// Changes that keep several tables in step, so that only what is hashed can give them away.
struct SeveralTables {
  private let raw: RawLedger
  private let commits: [Commit]

  private struct Commit {
    let number: Int64
    let last: Int64
    let first: Int64
  }

  static func all(_ raw: RawLedger) throws -> [Tampering] {
    let tables = try SeveralTables(raw)
    return try tables.commitTamperings() + tables.textTamperings()
      + tables.resurrections() + tables.actorTamperings()
  }

  private init(_ raw: RawLedger) throws {
    self.raw = raw
    var previous: Int64 = 0
    var commits: [Commit] = []
    for row in try raw.rows("SELECT commit_number, last_position FROM commits ORDER BY 1") {
      let (number, last) = (row[0].integer ?? 0, row[1].integer ?? 0)
      commits.append(Commit(number: number, last: last, first: previous + 1))
      previous = last
    }
    self.commits = commits
  }

  private func several(_ sql: [String]) -> Tampering {
    Tampering("several", nil, .consistent, sql.joined(separator: "; "))
  }

  // MARK: Whole commits

  private func commitTamperings() -> [Tampering] {
    commits.flatMap { commit in
      [deletion(of: commit, closingGaps: false), unkeyed(commit), unreasoned(commit)]
        + (commit.number == commits.last?.number ? [] : [deletion(of: commit, closingGaps: true)])
        + (commit.first == commit.last ? [] : [halved(commit)])
    } + zip(commits, commits.dropFirst()).map(swap)
  }

  private func deletion(of commit: Commit, closingGaps: Bool) -> Tampering {
    let events = "position BETWEEN \(commit.first) AND \(commit.last)"
    var sql = [
      "DELETE FROM personal_texts WHERE \(events)",
      "DELETE FROM recorded_events WHERE \(events)",
      "DELETE FROM commits WHERE commit_number = \(commit.number)",
      "DELETE FROM snapshots WHERE position >= \(commit.first)",
      """
      UPDATE recorded_events AS e SET stream_position =
             (SELECT count(*) FROM recorded_events o
               WHERE o.stream_key = e.stream_key AND o.position < e.position)
       WHERE position > \(commit.last)
      """,
    ]
    if closingGaps { sql += renumbering(after: commit) }
    return several(sql)
  }

  private func renumbering(after commit: Commit) -> [String] {
    let count = commit.last - commit.first + 1
    func move(_ table: String, _ column: String, _ bound: Int64, _ distance: Int64) -> [String] {
      [
        "UPDATE \(table) SET \(column) = -(\(column) - \(distance)) WHERE \(column) > \(bound)",
        "UPDATE \(table) SET \(column) = -\(column) WHERE \(column) < 0",
      ]
    }
    return move("recorded_events", "position", commit.last, count)
      + move("recorded_events", "commit_number", commit.number, 1)
      + move("personal_texts", "position", commit.last, count)
      + move("commits", "commit_number", commit.number, 1)
      + move("commits", "last_position", commit.last, count)
      + ["UPDATE projections SET checkpoint = checkpoint - \(count)"]
  }

  /// Two commits exchange what was asked, by whom and when, if they have the same number of events.
  private func swap(_ one: Commit, _ two: Commit) -> Tampering {
    let columns = [
      "recorded_at_us", "effective_at_us", "actor_key", "correlation_id", "causation_id",
      "fingerprint", "reason_digest", "metadata", "commit_hash",
    ].joined(separator: ", ")
    return several([
      "CREATE TEMP TABLE kept AS SELECT * FROM commits WHERE commit_number IN "
        + "(\(one.number), \(two.number))",
      "UPDATE commits SET idempotency_key = NULL WHERE commit_number IN (\(one.number), \(two.number))",
      """
      UPDATE commits SET (idempotency_key, \(columns)) =
             (SELECT idempotency_key, \(columns) FROM kept
               WHERE kept.commit_number = \(one.number + two.number) - commits.commit_number)
       WHERE commit_number IN (\(one.number), \(two.number))
      """,
      "UPDATE recorded_events SET commit_number = \(one.number + two.number) - commit_number "
        + "WHERE commit_number IN (\(one.number), \(two.number))",
      "DROP TABLE kept",
    ])
  }

  private func unkeyed(_ commit: Commit) -> Tampering {
    several([
      """
      UPDATE commits SET
             idempotency_key = iif(idempotency_key IS NULL, 'new key', NULL),
             fingerprint = iif(idempotency_key IS NULL, zeroblob(32), NULL)
       WHERE commit_number = \(commit.number)
      """
    ])
  }

  private func unreasoned(_ commit: Commit) -> Tampering {
    several([
      """
      UPDATE commits SET reason_digest = iif(reason_digest IS NULL, zeroblob(32), NULL)
       WHERE commit_number = \(commit.number)
      """,
      "DELETE FROM personal_texts WHERE position = \(commit.last) AND field = 'reason'",
    ])
  }

  /// One commit of two events becomes two.
  private func halved(_ commit: Commit) -> Tampering {
    several([
      "UPDATE commits SET last_position = \(commit.first) WHERE commit_number = \(commit.number)",
      """
      INSERT INTO commits
      SELECT \(commits.count + 1), \(commit.last), recorded_at_us, effective_at_us, actor_key,
             correlation_id, causation_id, NULL, NULL, NULL, metadata, commit_hash
        FROM commits WHERE commit_number = \(commit.number)
      """,
      "UPDATE recorded_events SET commit_number = \(commits.count + 1) WHERE position = \(commit.last)",
    ])
  }

  // MARK: Personal text

  private func textTamperings() throws -> [Tampering] {
    let rows = try raw.rows("SELECT position, field, salt, text FROM personal_texts ORDER BY 1, 2")
    return rows.flatMap { row in
      let (position, field) = (row[0].integer ?? 0, row[1].text)
      let (salt, text) = (row[2].bytes ?? [], row[3].bytes ?? [])
      let owner =
        field == "reason"
        ? "UPDATE commits SET reason_digest = NULL WHERE last_position = \(position)"
        : "UPDATE recorded_events SET personal_digest = NULL WHERE position = \(position)"
      let condition = "WHERE position = \(position) AND field = '\(field)'"
      let gone = several([owner, "DELETE FROM personal_texts \(condition)"])
      return [gone]
        + borders(salt, text).map { salt, text in
          several([
            "UPDATE personal_texts SET salt = \(StoredValue.blob(salt).literal), "
              + "text = \(StoredValue.text(text).literal) \(condition)"
          ])
        }
    }
  }

  /// A text at every place from which one was erased.
  private func resurrections() throws -> [Tampering] {
    let erased = try raw.rows(
      """
      SELECT position, 'description' FROM recorded_events e WHERE personal_digest IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM personal_texts p
                          WHERE p.position = e.position AND field <> 'reason')
      UNION ALL
      SELECT last_position, 'reason' FROM commits WHERE reason_digest IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM personal_texts
                          WHERE position = last_position AND field = 'reason')
      """)
    return erased.map { row in
      let place = "\(row[0].literal), \(row[1].literal)"
      return several(["INSERT INTO personal_texts VALUES (\(place), zeroblob(16), 'back again')"])
    }
  }

  /// Salts and texts that have the same bytes one after the other.
  private func borders(_ salt: [UInt8], _ text: [UInt8]) -> [([UInt8], [UInt8])] {
    let all = salt + text
    return [0, salt.count - 1, salt.count + 1, all.count]
      .filter { $0 <= all.count && $0 != salt.count }
      .map { (Array(all[..<$0]), Array(all[$0...])) }
  }

  // MARK: Actors

  /// All of somebody's commits given to somebody else, and his name taken out.
  private func actorTamperings() throws -> [Tampering] {
    let keys = try raw.integers("SELECT actor_key FROM actors ORDER BY 1")
    return zip(keys, keys.dropFirst()).map { one, two in
      several([
        "UPDATE commits SET actor_key = \(one) WHERE actor_key = \(two)",
        "DELETE FROM actors WHERE actor_key = \(two)",
      ])
    }
  }
}
