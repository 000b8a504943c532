internal import SQLite

/// What `verify` found in an intact store.
package struct VerifiedLog: Hashable, Sendable {
  package let commits: Int64
  package let events: Int64
  package let headHash: Digest256
}

extension ReadTransaction {
  /// Checks everything that a store promises, in one pass over the log and in constant memory: schema
  /// and guards, SQLite's own structures, the hash chain, dense positions, increasing times, personal
  /// text, look-up tables, and every projection against a fresh fold.
  ///
  /// `check` sees each commit once its hash is known to be right, and throws a `StoreProblem` if it
  /// breaks a rule; `suspect` names the event to blame in a commit whose hash is wrong, nil meaning the
  /// first. Throws `StoreFileError.damaged` for the first problem.
  package func verify(
    check: ([RecordedEvent]) throws -> Void, suspect: ([RecordedEvent]) -> Int64?
  ) throws -> VerifiedLog {
    var verifier = StoreVerifier(store: store, log: self)
    do {
      return try verifier.verify(check: check, suspect: suspect)
    } catch let problem as StoreProblem {
      throw StoreFileError.damaged(
        path: store.path, position: problem.position, problem: problem.problem)
    } catch let error as DatabaseError {
      throw StoreFile.storeFileError(for: error, store.path) ?? error
    }
  }
}

/// What is wrong with a store, and the first global position where; nil if no event is to blame.
package struct StoreProblem: Error, Hashable, Sendable {
  package let position: Int64?
  package let problem: String

  package init(position: Int64?, problem: String) {
    (self.position, self.problem) = (position, problem)
  }
}

private struct StoreVerifier {
  let store: EventStore
  let log: ReadTransaction
  private var commits: Int64 = 0
  private var events: Int64 = 0
  private var personalTexts: Int64 = 0
  private var previousHash: Digest256
  private var previousRecordedAt = Int64.min
  private var erasures = Erasures.none

  private var database: Database { store.database }

  init(store: EventStore, log: ReadTransaction) {
    self.store = store
    self.log = log
    previousHash = HashChain.genesis(storeID: store.storeID)
  }

  mutating func verify(
    check: ([RecordedEvent]) throws -> Void, suspect: ([RecordedEvent]) -> Int64?
  ) throws -> VerifiedLog {
    try checkSchema()
    _ = try store.snapshotPolicy()
    erasures = try Erasures(log)
    let copies = try store.projections.makeCopies()
    var pending: [RecordedEvent] = []
    // Hashes cover events as stored; everything else sees them upcast.
    var query = EventQuery()
    query.isRaw = true
    try log.forEachEvent(query) { event in
      if let last = pending.last, last.commit.header.number != event.commit.header.number {
        try checkCommit(pending, check, suspect)
        pending.removeAll(keepingCapacity: true)
      }
      events += 1
      guard event.position == events else {
        throw StoreProblem(position: events, problem: "event \(events) is missing")
      }
      pending.append(event)
      try apply(event, to: copies)
    }
    if !pending.isEmpty { try checkCommit(pending, check, suspect) }
    try checkCounts()
    try checkProjections()
    try checkStructures()
    return VerifiedLog(commits: commits, events: events, headHash: previousHash)
  }

  private func apply(_ event: RecordedEvent, to copies: [any Projection]) throws {
    do {
      for copy in copies { try copy.apply(try log.current(event)) }
    } catch let error as DatabaseError where error.kind == .constraint {
      throw StoreProblem(
        position: event.position, problem: "no projection can hold it: \(error.message)")
    }
  }

  // MARK: One commit

  private mutating func checkCommit(
    _ events: [RecordedEvent], _ check: ([RecordedEvent]) throws -> Void,
    _ suspect: ([RecordedEvent]) -> Int64?
  ) throws {
    let (first, last) = (events[0], events[events.count - 1])
    let header = first.commit.header
    func fail(_ problem: String, at position: Int64? = nil) -> StoreProblem {
      StoreProblem(position: position ?? first.position, problem: problem)
    }
    commits += 1
    guard header.number == commits else { throw fail("commit \(commits) is missing") }
    guard header.lastPosition == last.position else {
      throw fail(
        "commit \(header.number) should end at position \(header.lastPosition), "
          + "but its last event stands at \(last.position)")
    }
    for event in events { try checkPersonalText(of: event) }
    try checkReason(of: last)
    let digests = events.map(\.digest)
    guard HashChain.commit(after: previousHash, header, events: digests) == first.commit.hash
    else {
      throw fail(
        "the hash of commit \(header.number) (positions \(first.position) to \(last.position)) is "
          + "not that of its content: something in it was changed",
        at: suspect(try events.map(log.current)))
    }
    for event in events { try erasures.check(event, log) }
    guard header.recordedAtMicros > previousRecordedAt else {
      throw fail("commit \(header.number) was not recorded after the one before it")
    }
    guard header.effectiveAtMicros <= header.recordedAtMicros else {
      throw fail("commit \(header.number) counts after it was recorded")
    }
    guard (header.fingerprint == nil) == (header.idempotencyKey == nil) else {
      throw fail("commit \(header.number) has a key without fingerprint, or the reverse")
    }
    try check(events.map(log.current))
    previousHash = first.commit.hash
    previousRecordedAt = header.recordedAtMicros
  }

  private mutating func checkPersonalText(of event: RecordedEvent) throws {
    guard let digest = event.personalDigest else { return }
    try check(
      event.personalText, against: digest, "personal text", at: event.position, isReason: false)
  }

  private mutating func checkReason(of event: RecordedEvent) throws {
    guard let digest = event.commit.header.reasonDigest else { return }
    try check(
      event.commit.reason, against: digest, "reason", at: event.position, isReason: true)
  }

  private mutating func check(
    _ text: PersonalText?, against digest: Digest256, _ what: String, at position: Int64,
    isReason: Bool
  ) throws {
    try erasures.check(isThere: text != nil, at: position, what, isReason: isReason)
    guard let text else { return }
    guard text.hasDigest(digest) else {
      throw StoreProblem(position: position, problem: "its \(what) was changed")
    }
    personalTexts += 1
  }

  // MARK: The whole file

  private func checkSchema() throws {
    let expected = try Database(path: "", mode: .temporary)
    for statement in StoreSchema.statements { try expected.execute(statement) }
    for type in store.configuration.projections {
      for definition in type.definitions(in: "main") { try expected.execute(definition) }
    }
    let (wanted, found) = (try Self.schema(of: expected), try Self.schema(of: database))
    for (name, sql) in wanted.sorted(by: { $0.key < $1.key }) where found[name] != sql {
      let state = found[name] == nil ? "is missing" : "was changed"
      throw StoreProblem(position: nil, problem: "the \(name) \(state)")
    }
    for name in found.keys.sorted() where wanted[name] == nil {
      throw StoreProblem(position: nil, problem: "the \(name) does not belong to a ledger")
    }
  }

  /// What `sqlite_schema` says, by type and name; SQLite's own statistics tables left out.
  private static func schema(of database: Database) throws -> [String: String] {
    var schema: [String: String] = [:]
    try database.forEach(
      "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_stat%' "
        + "ESCAPE '\\'"
    ) { row in
      schema["\(row.text(0)) '\(row.text(1))'"] = "\(row.text(2)): \(row.text(3))"
    }
    return schema
  }

  /// Rows that the pass over the log could not see.
  private func checkCounts() throws {
    let counts: [(what: String, table: String, seen: Int64)] = [
      ("events outside any commit", "recorded_events", events),
      ("commits without events", "commits", commits),
      ("personal texts without an event", "personal_texts", personalTexts),
      ("several ids of the store", "store", 1),
    ]
    for (what, table, seen) in counts {
      let count = try database.first("SELECT count(*) FROM \(table)") { $0.int64(0) }
      guard count == seen else {
        throw StoreProblem(
          position: table == "recorded_events" ? events + 1 : nil,
          problem: "there are \(what): \(table) has \(count ?? 0) rows, expected \(seen)")
      }
    }
    let gap = try database.first(
      """
      SELECT min(position), stream_key FROM recorded_events GROUP BY stream_key
      HAVING count(*) <> max(stream_position) + 1 OR min(stream_position) <> 0
       ORDER BY 1 LIMIT 1
      """
    ) { ($0.int64(0), $0.int64(1)) }
    if let gap {
      throw StoreProblem(
        position: gap.0,
        problem: "the stream '\(try store.names.streams.name(of: gap.1) ?? "?")' has gaps")
    }
    try checkLookups()
  }

  private func checkLookups() throws {
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

  private func checkProjections() throws {
    if let problem = try store.projections.checkpointProblem(head: events) {
      throw StoreProblem(position: nil, problem: problem)
    }
    if let difference = try store.projections.firstDifference() {
      throw StoreProblem(
        position: nil,
        problem: "the projection \(difference.projection) differs from its events in "
          + "\(difference.table): \(difference.row)")
    }
  }

  /// Indexes that miss or repeat rows, pages that nothing points to, and the like.
  private func checkStructures() throws {
    let report = try database.first("PRAGMA integrity_check(1)") { $0.text(0) }
    guard report == "ok" else {
      throw StoreProblem(position: nil, problem: "SQLite finds the file damaged: \(report ?? "?")")
    }
  }
}

extension RecordedEvent {
  /// The digest of this event's content.
  var digest: Digest256 {
    HashChain.event(
      position: position, streamID: streamID, streamPosition: streamPosition, type: type,
      version: version, data: data, personalDigest: personalDigest)
  }
}
