internal import SQLite

/// The pass of `verify` that needs no knowledge of what events mean: hashes, dense positions and commit
/// numbers, times, keys and fingerprints, personal texts against their digests.
///
/// Commits, events and personal texts come from three cursors that run side by side in the order of the
/// log. Everything is hashed from SQLite's own bytes: no text is decoded, so none can be mended on the
/// way.
struct ChainPass {
  /// Where a checked part of the log ends.
  struct Place: Sendable {
    var commitNumber: Int64
    /// The global position of the commit's last event.
    var position: Int64
    var hash: Digest256
    /// Microseconds since 1970, UTC.
    var recordedAtMicros: Int64
  }

  /// What is wrong, and with which commit.
  struct Problem: Error, Sendable {
    /// The global position that it has by itself.
    let position: Int64
    let text: String
    /// The positions of the commit, as far as it was read.
    let commit: ClosedRange<Int64>
    /// Whether the commit as a whole is wrong, so that any of its events may be to blame.
    var isOfWholeCommit = false
  }

  private let catalog: EventCatalog?
  private let course: VerifyCourse
  private let erasures: Erasures
  private let commits: Statement
  private let events: RowCursor
  private let texts: RowCursor
  private var streams: NameBytes
  private var types: NameBytes
  private var actors: NameBytes
  private var place: Place
  private(set) var personalTexts: Int64 = 0
  /// Under which name the personal text of a type stands, by its key.
  private var personalFields = BoundedCache<Int64, [UInt8]>(limit: 1_024)
  private static let noDigest = "it has a personal text without a digest"
  private static let reasonField = Array(StoreSchema.reasonField.utf8)
  private var fields = CanonicalBytes("event", version: HashChain.encodingVersion)
  private var eventDigests: [Digest256] = []
  /// The edge of the tree of all commits so far, and the nodes of it that the file keeps.
  private var edge: MerkleFrontier
  private let tree: CommitTree
  /// The first position in the commit with a personal text that no digest stands for.
  private var unclaimedText: Int64?

  /// A pass over what follows `start`, up to `end`, of events that `catalog` knows.
  init(
    _ database: Database, after start: Place, _ end: LogEnd, _ catalog: EventCatalog?,
    _ course: VerifyCourse
  ) throws {
    (self.catalog, self.course) = (catalog, course)
    erasures = try Erasures(database)
    tree = CommitTree(database: database)
    edge = try MerkleFrontier(size: start.commitNumber, root: tree.root)
    place = start
    commits = try database.statement(
      """
      SELECT commit_number, last_position, recorded_at_us, effective_at_us, actor_key,
             correlation_id, causation_id, idempotency_key, fingerprint, reason_digest, metadata,
             commit_hash
        FROM commits WHERE commit_number > ? AND commit_number <= ? ORDER BY commit_number
      """)
    try commits.bind(start.commitNumber, end.commitNumber)
    // From the beginning, rows at impossible positions are read too, and found.
    let start = start.position == 0 ? Int64.min : start.position
    events = try RowCursor(
      database,
      """
      SELECT position, commit_number, stream_position, stream_key, type_key, event_version, data,
             personal_digest
        FROM recorded_events WHERE position > ? AND position <= ? ORDER BY position
      """, after: start, through: end.position)
    texts = try RowCursor(
      database,
      """
      SELECT position, field, salt, text
        FROM personal_texts WHERE position > ? AND position <= ? ORDER BY position
      """, after: start, through: end.position)
    streams = NameBytes(
      try database.statement("SELECT stream_id FROM streams WHERE stream_key = ?"))
    types = NameBytes(
      try database.statement("SELECT event_type FROM event_types WHERE type_key = ?"))
    actors = NameBytes(try database.statement("SELECT actor FROM actors WHERE actor_key = ?"))
  }

  /// Checks everything and returns the end of the log; stops early where `course` says that a problem
  /// was found before. Throws `Problem`.
  mutating func run() throws -> Place {
    defer { commits.reset() }
    while course.reaches(place.position + 1), try commits.step() { try checkCommit(commits.row) }
    if course.reaches(place.position + 1), let event = try events.row {
      throw problem("it is an event of no commit", at: event.int64(0), in: event.int64(0))
    }
    return place
  }

  // MARK: One commit

  private mutating func checkCommit(_ row: Row) throws {
    let (number, first) = (place.commitNumber + 1, place.position + 1)
    guard row.int64(0) == number else {
      throw problem("commit \(number) is missing", at: first, in: first)
    }
    unclaimedText = nil
    let end = try checkEvents(of: row)
    guard end == row.int64(1) else {
      throw problem(
        "commit \(number) should end at position \(row.int64(1)), but its last event stands at \(end)",
        at: first, in: end)
    }
    let hash = try hash(of: row, at: first)
    guard row.unsafeBytes(11).flatMap({ Digest256(bytes: $0) }) == hash else {
      var problem = problem(
        "the hash of commit \(number) (positions \(first) to \(end)) is not that of its content: "
          + "something in it was changed", at: first, in: end)
      problem.isOfWholeCommit = true
      throw problem
    }
    try checkHeader(row, at: first, end: end)
    if let unclaimedText {
      throw problem(Self.noDigest, at: unclaimedText, in: end)
    }
    place = Place(
      commitNumber: number, position: end, hash: hash, recordedAtMicros: row.int64(2))
    try checkNodes(through: number, at: first)
    course.passed(place.position, .chain)
  }

  /// Adds commit `number` to the tree, and compares the nodes that it completes with those stored.
  private mutating func checkNodes(through number: Int64, at first: Int64) throws {
    var wrong: (level: Int, index: Int64)?
    let tree = tree
    try edge.append(MerkleTree.leaf(place.hash)) { level, index, root in
      guard level >= CommitTree.lowestStoredLevel else { return }
      if try tree.storedNode(level, index) != root { wrong = (level, index) }
    }
    guard let wrong else { return }
    throw problem(
      "node \(wrong.index) of level \(wrong.level) of the tree, which commit \(number) completes, is "
        + "missing or was changed", at: first, in: place.position)
  }

  private func checkHeader(_ row: Row, at first: Int64, end: Int64) throws {
    let number = row.int64(0)
    func check(_ isRight: Bool, _ what: StaticString) throws {
      guard isRight else { throw problem("commit \(number) \(what)", at: first, in: end) }
    }
    let recordedAt = row.int64(2)
    let effectiveAt = row.optionalInt64(3) ?? recordedAt
    try check(recordedAt > place.recordedAtMicros, "was not recorded after the one before it")
    try check(effectiveAt <= recordedAt, "counts after it was recorded")
    try check(
      LogBounds.times.contains(recordedAt) && LogBounds.times.contains(effectiveAt),
      "has an impossible time")
    try check(
      row.isNull(8) == row.isNull(7), "has a key without fingerprint, or the reverse")
    for column in [8, 9] as [Int32] {
      try check(
        row.unsafeBytes(column).map { $0.count == Digest256.byteCount } ?? true,
        "has a digest that is not 32 bytes long")
    }
  }

  private mutating func hash(of row: Row, at first: Int64) throws -> Digest256 {
    fields.begin("commit", version: HashChain.encodingVersion)
    fields.append(place.hash)
    fields.append(row.int64(0))
    fields.append(row.int64(2))
    fields.append(row.optionalInt64(3))
    guard try actors.append(row.int64(4), to: &fields) else {
      throw problem("its actor has lost its name", at: first, in: first)
    }
    for column in Int32(5)...10 { fields.append(row.unsafeBytes(column)) }
    fields.append(Int64(eventDigests.count))
    for digest in eventDigests { fields.append(digest) }
    return fields.digest
  }

  // MARK: Its events

  /// Checks the events of the commit in `row` by themselves, collects their digests, and returns where
  /// the last of them stands.
  private mutating func checkEvents(of row: Row) throws -> Int64 {
    let number = row.int64(0)
    eventDigests.removeAll(keepingCapacity: true)
    var end = place.position
    while let event = try events.row, event.int64(1) == number {
      end += 1
      guard event.int64(0) == end else {
        throw problem("event \(end) is missing", at: end, in: end)
      }
      try eventDigests.append(hash(of: event))
      try checkPersonalTexts(of: event, reason: end == row.int64(1) ? row : nil)
      try events.advance()
    }
    guard !eventDigests.isEmpty else {
      throw problem("commit \(number) has no events", at: end + 1, in: end + 1)
    }
    return end
  }

  private mutating func hash(of event: Row) throws -> Digest256 {
    let position = event.int64(0)
    fields.begin("event", version: HashChain.encodingVersion)
    fields.append(position)
    fields.append(event.int64(2))
    guard try streams.append(event.int64(3), to: &fields) else {
      throw problem("its stream has lost its name", at: position, in: position)
    }
    guard try types.append(event.int64(4), to: &fields) else {
      throw problem("its event type has lost its name", at: position, in: position)
    }
    fields.append(event.int64(5))
    fields.append(event.unsafeBytes(6))
    fields.append(event.unsafeBytes(7))
    return fields.digest
  }

  // MARK: Personal texts

  /// Checks the texts that stand under the position of `event` against its digest, and against that of
  /// the reason if it is its commit's last.
  private mutating func checkPersonalTexts(of event: Row, reason commit: Row?) throws {
    let position = event.int64(0)
    var digest = event.unsafeBytes(7)
    var reasonDigest = commit?.unsafeBytes(9)
    var unclaimed = 0
    while let text = try texts.row, text.int64(0) <= position {
      let isReason = text.has(Self.reasonField, in: 1)
      if let expected = isReason ? reasonDigest : digest, text.int64(0) == position {
        try check(text, against: expected, isReason ? "reason" : "personal text")
        if !isReason { try checkField(of: text, event) }
        personalTexts += 1
        if isReason { reasonDigest = nil } else { digest = nil }
      } else {
        let first = unclaimedText ?? position
        unclaimedText = first
        // In a damaged table there may be any number of them.
        unclaimed += 1
        guard unclaimed < 3 else { throw problem(Self.noDigest, at: first, in: position) }
      }
      try texts.advance()
    }
    if event.unsafeBytes(7) != nil {
      try checkErased(isThere: digest == nil, at: position, "personal text", isReason: false)
    }
    if commit?.unsafeBytes(9) != nil {
      try checkErased(isThere: reasonDigest == nil, at: position, "reason", isReason: true)
    }
  }

  /// A text may be missing if an erasure names it, and must be.
  private func checkErased(
    isThere: Bool, at position: Int64, _ what: String, isReason: Bool
  ) throws {
    do {
      try erasures.check(isThere: isThere, at: position, what, isReason: isReason)
    } catch let found as StoreProblem {
      throw problem(found.problem, at: position, in: position)
    }
  }

  private func check(
    _ text: Row, against digest: UnsafeRawBufferPointer, _ what: String
  ) throws {
    guard let salt = text.unsafeBytes(2), let content = text.unsafeBytes(3),
      // Without a fixed length of the salt, its border to the text could be moved.
      salt.count == PersonalText.saltBytes, Digest256(of: salt, content) == Digest256(bytes: digest)
    else { throw problem("its \(what) was changed", at: text.int64(0), in: text.int64(0)) }
  }

  /// The name of a text is not hashed; its event's type says what it must be.
  private mutating func checkField(of text: Row, _ event: Row) throws {
    guard let catalog else { return }
    let type = event.int64(4)
    let field =
      try personalFields[type]
      ?? types.name(of: type).flatMap { name in
        catalog[String(decoding: name, as: UTF8.self)]?.personalField.map { Array($0.utf8) }
      }
    guard let field else { return }
    personalFields[type] = field
    guard text.has(field, in: 1) else {
      let (right, position) = (String(decoding: field, as: UTF8.self), text.int64(0))
      throw problem(
        "its \(right) stands under the name '\(text.text(1))'", at: position, in: position)
    }
  }

  /// A problem at `position` in the commit under way, which was read up to `end`.
  private func problem(_ text: String, at position: Int64, in end: Int64) -> Problem {
    let first = place.position + 1
    return Problem(
      position: position, text: text,
      commit: min(first, position)...max(first, end, position))
  }
}

/// The rows of a query, one at a time.
private final class RowCursor {
  private let statement: Statement
  private var isStarted = false
  private var isAtEnd = false

  init(_ database: Database, _ sql: String, after: Int64, through: Int64) throws {
    statement = try database.statement(sql)
    try statement.bind(after, through)
  }

  deinit { statement.reset() }

  /// The current row; nil after the last.
  var row: Row? {
    get throws {
      if !isStarted { try advance() }
      return isAtEnd ? nil : statement.row
    }
  }

  func advance() throws {
    isStarted = true
    isAtEnd = try !statement.step()
  }
}

/// The names of a look-up table as bytes, each looked up once.
private struct NameBytes {
  private let select: Statement
  private var known = BoundedCache<Int64, [UInt8]>(limit: 65_536)

  init(_ select: Statement) { self.select = select }

  /// Appends the name behind `key`; false if the file has lost it.
  mutating func append(_ key: Int64, to fields: inout CanonicalBytes) throws -> Bool {
    guard let name = try name(of: key) else { return false }
    fields.append(name)
    return true
  }

  /// Nil if the file has lost it.
  mutating func name(of key: Int64) throws -> [UInt8]? {
    if let name = known[key] { return name }
    defer { select.reset() }
    try select.bind(key)
    guard try select.step() else { return nil }
    let name = select.row.bytes(0)
    known[key] = name
    return name
  }
}
