internal import SQLite

/// Reads the log commit by commit, in constant memory: events, commits and personal texts by three
/// cursors that run side by side in the order of the log, without a join.
final class CommitReader {
  private let reader: EventRowReader
  private let events: Statement
  private let commits: Statement
  private let texts: TextCursor?
  private var order: ReadingOrder
  // Something at once, so that whatever fails below, `deinit` ends the use of the statements.
  private var eventIsThere = false
  private var commitIsThere = false

  /// Reads all commits after the one that ends at global position `start`, up to `through`.
  init(
    _ log: ReadTransaction, after start: Int64 = .min, through: Int64 = .max,
    includesPersonalText: Bool
  ) throws {
    let database = log.store.database
    order = ReadingOrder(after: start)
    reader = EventRowReader(store: log.store, includesPersonalText: includesPersonalText)
    events = try database.statement(
      """
      SELECT \(EventRow.eventColumns), e.commit_number
        FROM recorded_events e WHERE e.position > ? AND e.position <= ? ORDER BY e.position
      """)
    commits = try database.statement(
      """
      SELECT \(EventRow.commitColumns)
        FROM commits c WHERE c.commit_number >= ? ORDER BY c.commit_number
      """)
    texts = includesPersonalText ? TextCursor(database) : nil
    try events.bind(start, through)
    eventIsThere = try events.step()
    try commits.bind(
      start == .min || !eventIsThere ? .min : events.row.int64(EventRow.eventColumnCount))
    commitIsThere = try commits.step()
  }

  deinit {
    events.reset()
    commits.reset()
  }

  private var commitNumberOfEvent: Int64 { events.row.int64(EventRow.eventColumnCount) }

  /// Puts the events of the next commit, as they are stored, in place of those in `buffer`: none after
  /// the last. Throws `StoreFileError.damaged` at an event without a commit, and at one out of order.
  func next(into buffer: inout [RecordedEvent]) throws {
    buffer.removeAll(keepingCapacity: true)
    guard eventIsThere else { return }
    let first = events.row.int64(0)
    let number = commitNumberOfEvent
    while commitIsThere, commits.row.int64(0) < number { commitIsThere = try commits.step() }
    guard commitIsThere, commits.row.int64(0) == number else {
      throw reader.damaged(first, "its commit \(number) is not where it should be")
    }
    let row = commits.row
    // Of the texts in the order of the log, a reason comes last; but it belongs to all its events.
    let reason = row.isNull(9) ? nil : try texts?.reason(at: row.int64(1))
    let commit = try reader.commit(row, from: 0, reason, at: first)
    repeat {
      let row = events.row
      let text = row.isNull(6) ? nil : try texts?.text(of: row.int64(0))
      let event = try reader.event(row, text, in: commit)
      try order.check(event, path: reader.store.path)
      buffer.append(event)
      eventIsThere = try events.step()
    } while eventIsThere && commitNumberOfEvent == number
  }
}
