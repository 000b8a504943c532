import EventStore
import SQLite

/// A projection for tests: each event as it was shown.
struct Register: Projection {
  static let name = "register"
  static let version: Int64 = 1
  static let lifecycle = ProjectionLifecycle.inline

  static let tables = [
    ProjectionTable(
      "register",
      """
      (
        position INTEGER PRIMARY KEY,
        version  INTEGER NOT NULL,
        data     TEXT    NOT NULL
      ) STRICT
      """)
  ]

  private let database: Database
  private let insert: String

  init(_ database: Database, in place: TablePlace) {
    self.database = database
    insert = "INSERT OR IGNORE INTO \(place["register"]) VALUES (?, ?, ?)"
  }

  func apply(_ projected: ProjectedEvent, _ log: ReadTransaction) throws {
    let event = projected.recorded
    try database.run(insert, event.position, event.version, TextBytes(event.data))
  }
}
