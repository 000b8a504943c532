internal import SQLite

/// Finds the personal texts of events and commits.
///
/// For events in the order of the log it goes through the table in one pass; otherwise, and over long
/// gaps, it looks them up.
final class TextCursor {
  /// Going from row to row over more positions may cost more than a look-up.
  private static let longestWalk: Int64 = 16
  private static let texts = """
    SELECT position, field, salt, text FROM personal_texts
     WHERE position >= ? AND field <> '\(StoreSchema.reasonField)' ORDER BY position
    """
  private static let reasons = """
    SELECT position, field, salt, text FROM personal_texts
     WHERE position = ? AND field = '\(StoreSchema.reasonField)'
    """

  private let database: Database
  /// Stands on a row. Nil before the first and after the last: then the statement may be in other hands.
  private var rows: Statement?
  /// The position of that row; there is no text between `passed` and it.
  private var next = Int64.min
  private var passed = Int64.max

  init(_ database: Database) { self.database = database }

  deinit { rows?.reset() }

  /// The text of the event at `position`; nil if it has none.
  func text(of position: Int64) throws -> PersonalText? {
    // Wrapping, here and below: in a file that somebody made, positions may be any numbers.
    while let rows, next < position, position &- next <= Self.longestWalk {
      try step(rows, past: next)
    }
    if next < position || position <= passed { try seek(position) }
    guard next == position, let row = rows?.row else { return nil }
    return Self.text(row)
  }

  /// The reason of the commit that ends at `position`; nil if it has none.
  func reason(at position: Int64) throws -> PersonalText? {
    try database.first(Self.reasons, position, read: Self.text)
  }

  private func seek(_ position: Int64) throws {
    let rows = try rows ?? database.statement(Self.texts)
    rows.reset()
    try rows.bind(position)
    try step(rows, past: position &- 1)
  }

  private func step(_ rows: Statement, past position: Int64) throws {
    passed = position
    if try rows.step() {
      (self.rows, next) = (rows, rows.row.int64(0))
    } else {
      rows.reset()
      (self.rows, next) = (nil, .max)
    }
  }

  private static func text(_ row: Row) -> PersonalText {
    PersonalText(stored: row.text(1), salt: row.bytes(2), text: row.text(3))
  }
}
