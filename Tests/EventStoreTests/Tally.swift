import EventStore
import SQLite

/// A projection for tests: how many events each stream has.
struct Tally: Projection {
  /// The error of an event that this projection refuses.
  struct Refusal: Error, Hashable {
    let position: Int64
  }

  static let name = "tally"
  static let version: Int64 = 1
  static let lifecycle = ProjectionLifecycle.inline
  /// The type of event that `apply` refuses.
  static let refusedType = "Refused"

  static let tables = [
    ProjectionTable(
      "tally",
      """
      (
        stream_id     TEXT    PRIMARY KEY,
        events        INTEGER NOT NULL,
        last_position INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID
      """)
  ]

  private let database: Database
  private let count: String

  init(_ database: Database, in place: TablePlace) {
    self.database = database
    count = """
      INSERT INTO \(place["tally"]) VALUES (?, 1, ?)
      ON CONFLICT DO UPDATE SET events = events + 1, last_position = excluded.last_position
       WHERE excluded.last_position > last_position
      """
  }

  func apply(_ projected: ProjectedEvent, _ log: ReadTransaction) throws {
    let event = projected.recorded
    guard event.type != Self.refusedType else { throw Refusal(position: event.position) }
    try database.run(count, event.streamID, event.position)
  }
}

/// The same projection one version later: its table has another column.
struct NextTally: Projection {
  static let name = Tally.name
  static let version: Int64 = 2
  static let lifecycle = ProjectionLifecycle.inline
  static let tables = [
    ProjectionTable("tally", "(stream_id TEXT PRIMARY KEY, twice INTEGER NOT NULL) STRICT")
  ]

  private let database: Database
  private let count: String

  init(_ database: Database, in place: TablePlace) {
    self.database = database
    count = """
      INSERT INTO \(place["tally"]) VALUES (?, 2 * (? + 1))
      ON CONFLICT DO UPDATE SET twice = max(twice, excluded.twice)
      """
  }

  func apply(_ projected: ProjectedEvent, _ log: ReadTransaction) throws {
    let event = projected.recorded
    try database.run(count, event.streamID, event.streamPosition)
  }
}
