internal import SQLite

/// Which personal texts the erasures of a log name; 16 bytes of memory for each.
///
/// What `verify` and restoring ask: whether a text may be missing, and whether an erasure is one that
/// this store could have recorded.
struct Erasures {
  private struct Name {
    let position: Int64
    /// The global position of the erasure.
    let erasedAt: Int64
  }

  private var texts: [Name] = []
  private var reasons: [Name] = []

  private init() {}

  /// Those of a log without any.
  static let none = Erasures()

  /// Reads all erasures in the log of `database`. One that can't be read, or that names what comes
  /// after it, counts for nothing here: `check` says so when its turn comes.
  init(_ database: Database) throws {
    try database.forEach(
      """
      SELECT e.position, e.event_version, e.data
        FROM recorded_events e JOIN event_types t ON t.type_key = e.type_key
       WHERE t.event_type = ?
      """, PersonalTextErased.type
    ) { row in
      let erasedAt = row.int64(0)
      let erasure = try? PersonalTextErased(
        data: row.bytes(2), version: row.int64(1), at: erasedAt)
      guard let erasure else { return }
      func names(_ positions: [Int64]) -> [Name] {
        positions.prefix { $0 < erasedAt }.map { Name(position: $0, erasedAt: erasedAt) }
      }
      texts += names(erasure.positions)
      reasons += names(erasure.reasons)
    }
    texts.sort { ($0.position, $0.erasedAt) < ($1.position, $1.erasedAt) }
    reasons.sort { ($0.position, $0.erasedAt) < ($1.position, $1.erasedAt) }
  }

  /// The position of the first later erasure that names the own text of the event at `position`, or if
  /// `isReason` the reason of the commit that ends there; nil if none does.
  func erasure(of position: Int64, isReason: Bool) -> Int64? {
    let names = isReason ? reasons : texts
    var (low, high) = (0, names.count)
    while low < high {
      let middle = low + (high - low) / 2
      if names[middle].position < position { low = middle + 1 } else { high = middle }
    }
    return low < names.count && names[low].position == position ? names[low].erasedAt : nil
  }

  /// The position of the last erasure that names any of these texts and reasons; nil if none does.
  func last(of texts: [Int64], reasons: [Int64]) -> Int64? {
    let erased =
      texts.compactMap { erasure(of: $0, isReason: false) }
      + reasons.compactMap { erasure(of: $0, isReason: true) }
    return erased.max()
  }

  /// Throws `StoreProblem` unless a personal text is there exactly if no erasure names it.
  ///
  /// `what` it is, for the sentence: `personal text`, or `reason` under its commit's last position.
  func check(isThere: Bool, at position: Int64, _ what: String, isReason: Bool) throws {
    switch (isThere, erasure(of: position, isReason: isReason)) {
    case (true, nil), (false, .some): return
    case (false, nil):
      throw StoreProblem(
        position: position, problem: "its \(what) is missing, and no erasure names it")
    case (true, let erasedAt?):
      throw StoreProblem(
        position: position,
        problem: "its \(what) is still there, though the erasure at position \(erasedAt) names it")
    }
  }

  /// Throws `StoreProblem` unless the texts that `event` and its commit were recorded with are there as
  /// they were, or an erasure names them. `event` must have been read with its texts.
  func checkTexts(of event: RecordedEvent) throws {
    let commit = event.commit
    try check(
      event.personalText, event.personalDigest, at: event.position, "personal text",
      isReason: false)
    try check(
      commit.reason, commit.header.reasonDigest, at: commit.header.lastPosition, "reason",
      isReason: true)
  }

  private func check(
    _ text: PersonalText?, _ digest: Digest256?, at position: Int64, _ what: String,
    isReason: Bool
  ) throws {
    guard digest != nil else { return }
    try check(isThere: text != nil, at: position, what, isReason: isReason)
    guard text?.hasDigest(digest) ?? true else {
      throw StoreProblem(position: position, problem: "its \(what) was changed")
    }
  }

  /// Throws `StoreProblem` if `event` is an erasure that this store could not have recorded.
  func check(_ event: RecordedEvent, _ log: ReadTransaction) throws {
    guard event.type == PersonalTextErased.type else { return }
    let erasure = try log.erasure(event)
    for (positions, isReason) in [(erasure.positions, false), (erasure.reasons, true)] {
      for position in positions {
        let first = self.erasure(of: position, isReason: isReason) ?? event.position
        guard first == event.position else {
          throw StoreProblem(
            position: event.position,
            problem: "it names \(isReason ? "the reason" : "the text") at position \(position), "
              + "which the erasure at position \(first) erased before")
        }
      }
    }
  }
}

extension ReadTransaction {
  func forEachErasure(_ body: (RecordedEvent) throws -> Void) throws {
    var query = EventQuery()
    query.types = [PersonalTextErased.type]
    query.isRaw = true
    query.includesPersonalText = false
    try forEachEvent(query, body)
  }

  /// What the erasure `event` names.
  ///
  /// Throws `StoreProblem` if it can't be read, names nothing, or names a position that does not come
  /// before it or has no digest.
  func erasure(_ event: RecordedEvent) throws -> PersonalTextErased {
    func fail(_ problem: String) -> StoreProblem {
      StoreProblem(position: event.position, problem: problem)
    }
    let erasure: PersonalTextErased
    do throws(EventDecodingError) {
      erasure = try PersonalTextErased(event)
    } catch {
      throw fail(error.problem)
    }
    guard !erasure.positions.isEmpty || !erasure.reasons.isEmpty else {
      throw fail("it is an erasure that names nothing")
    }
    for position in erasure.positions {
      guard position < event.position, try hasText(at: position) else {
        throw fail("it names the text at position \(position), which had none before it")
      }
    }
    for position in erasure.reasons {
      guard position < event.position, try hasReason(at: position) else {
        throw fail("it names the reason at position \(position), which had none before it")
      }
    }
    return erasure
  }

  /// Whether the event at `position` was recorded with a text of its own.
  private func hasText(at position: Int64) throws -> Bool {
    try store.database.first(
      "SELECT personal_digest IS NOT NULL FROM recorded_events WHERE position = ?", position
    ) { $0.int64(0) == 1 } ?? false
  }

  /// Whether a commit ends at `position` and was recorded with a reason.
  private func hasReason(at position: Int64) throws -> Bool {
    try store.database.first(
      """
      SELECT c.reason_digest IS NOT NULL AND c.last_position = e.position
        FROM recorded_events e
        JOIN commits c ON c.commit_number = e.commit_number
       WHERE e.position = ?
      """, position
    ) { $0.int64(0) == 1 } ?? false
  }

  /// Throws `StoreProblem` at the first text that is missing though no erasure names it, and at the
  /// first erasure that names what one before it erased, or what is still there.
  func checkErasures() throws {
    let erasures = try Erasures(store.database)
    try store.database.forEach(
      """
      SELECT e.position FROM recorded_events e
       WHERE e.personal_digest IS NOT NULL AND NOT EXISTS (
         SELECT 1 FROM personal_texts p
          WHERE p.position = e.position AND p.field <> '\(StoreSchema.reasonField)')
       ORDER BY e.position
      """
    ) { row in
      try erasures.check(isThere: false, at: row.int64(0), "personal text", isReason: false)
    }
    try store.database.forEach(
      """
      SELECT c.last_position FROM commits c
       WHERE c.reason_digest IS NOT NULL AND NOT EXISTS (
         SELECT 1 FROM personal_texts p
          WHERE p.position = c.last_position AND p.field = '\(StoreSchema.reasonField)')
       ORDER BY c.commit_number
      """
    ) { row in
      try erasures.check(isThere: false, at: row.int64(0), "reason", isReason: true)
    }
    try forEachErasure { event in
      try erasures.check(event, self)
      let erasure = try erasure(event)
      for (positions, isReason) in [(erasure.positions, false), (erasure.reasons, true)] {
        for position in positions where try isThere(position, isReason: isReason) {
          try erasures.check(
            isThere: true, at: position, isReason ? "reason" : "personal text", isReason: isReason)
        }
      }
    }
  }

  private func isThere(_ position: Int64, isReason: Bool) throws -> Bool {
    try store.database.first(
      """
      SELECT count(*) FROM personal_texts
       WHERE position = ? AND (field = '\(StoreSchema.reasonField)') = ?
      """, position, Int64(isReason ? 1 : 0)
    ) { $0.int64(0) > 0 } ?? false
  }

  /// Throws `StoreFileError.damaged` if a text of `event` is not what was recorded, or is missing though
  /// no erasure names it, or stands under a name that its type doesn't have.
  func checkTexts(of event: RecordedEvent, _ erasures: Erasures) throws {
    do {
      try erasures.checkTexts(of: event)
    } catch let problem as StoreProblem {
      throw StoreFileError(problem, path: store.path)
    }
    guard event.personalDigest != nil, let text = event.personalText,
      let field = store.configuration.catalog?[event.type]?.personalField, field != text.field
    else { return }
    throw StoreFileError.damaged(
      path: store.path, position: event.position,
      problem: "its \(field) stands under the name '\(text.field)'")
  }
}
