import EventStore
import SQLite

/// A projection for tests: each event as it was shown.
struct Register: Projection {
  static let name = "register"
  static let version: Int64 = 1
  static let tables = ["register"]

  static func definitions(in schema: String) -> [String] {
    [
      """
      CREATE TABLE \(schema).register (
        position INTEGER PRIMARY KEY,
        version  INTEGER NOT NULL,
        data     TEXT    NOT NULL
      ) STRICT
      """
    ]
  }

  private let database: Database
  private let insert: String

  init(_ database: Database, schema: String) {
    self.database = database
    insert = "INSERT OR IGNORE INTO \(schema).register VALUES (?, ?, ?)"
  }

  func apply(_ event: RecordedEvent, _ log: ReadTransaction) throws {
    try database.run(insert, event.position, event.version, TextBytes(event.data))
  }
}
