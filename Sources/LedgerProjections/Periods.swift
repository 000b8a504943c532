package import EventStore
package import LedgerDomain
import LedgerEvents
package import SQLite

/// Which periods were closed, and reopened: one row per close.
///
/// Every command asks it for the latest close in force.
package final class Periods: Projection {
  package static let name = "periods"
  package static let version: Int64 = 1
  package static let lifecycle = ProjectionLifecycle.inline
  package static let tables = [
    ProjectionTable(
      "periods",
      """
      (
        closed_position   INTEGER PRIMARY KEY,  -- global position of the close
        period            TEXT    NOT NULL,     -- 2026-03, or 2026-03-31
        through_us        INTEGER NOT NULL,     -- the last instant of the period
        reopened_position INTEGER               -- global position; NULL: it is in force
      ) STRICT
      """)
  ]

  private let database: Database
  private let table: String

  package init(_ database: Database, in place: TablePlace) {
    self.database = database
    table = place["periods"]
  }

  package func apply(_ projected: ProjectedEvent, _ log: ReadTransaction) throws {
    let event = projected.recorded
    guard event.streamID == BookStream.id, let content = try PeriodEvent(event) else { return }
    switch content {
    case .closed(let closed):
      try database.run(
        """
        INSERT OR IGNORE INTO \(table) (closed_position, period, through_us) VALUES (?, ?, ?)
        """, event.position, closed.period.text, closed.period.end.micros)
    case .reopened(let reopened):
      try database.run(
        """
        UPDATE \(table) SET reopened_position = ?
         WHERE closed_position = ? AND reopened_position IS NULL
        """, event.position, reopened.closedAtPosition)
    }
  }

  /// The latest close in force, as the events so far have left it; nil if there is none.
  ///
  /// Throws `StoreProblem` if its row holds no period.
  package func latest() throws -> ClosedPeriod? {
    try database.first(
      """
      SELECT closed_position, period FROM \(table) WHERE reopened_position IS NULL
       ORDER BY closed_position DESC LIMIT 1
      """
    ) { try Self.closed(period: $0.text(1), at: $0.int64(0)) }
  }
}

extension Periods {
  /// One row of the projection.
  package struct Row: Hashable, Sendable {
    package let closed: ClosedPeriod
    /// Global position at which it was reopened; nil if it is in force.
    package let reopenedPosition: Int64?
  }

  /// Calls `body` for every close in the order of recording; of `period` alone if it is given.
  ///
  /// Throws `StoreProblem` if a row holds no period.
  package static func forEach(
    of period: Period? = nil, in database: Database, _ body: (Row) throws -> Void
  ) throws {
    try database.forEach(
      """
      SELECT closed_position, period, reopened_position FROM main.periods
       WHERE ?1 IS NULL OR period = ?1 ORDER BY closed_position
      """, period?.text
    ) { row in
      try body(
        Row(
          closed: try closed(period: row.text(1), at: row.int64(0)),
          reopenedPosition: row.optionalInt64(2)))
    }
  }

  private static func closed(period text: String, at position: Int64) throws -> ClosedPeriod {
    guard let period = Period(text) else {
      throw StoreProblem(
        position: position, problem: "the projection \(name) says '\(text)', which is no period")
    }
    return ClosedPeriod(period, at: position)
  }
}
