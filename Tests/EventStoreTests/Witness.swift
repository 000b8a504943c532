import EventStore
import SQLite

/// A projection for tests: where and when each event stood, as it was told.
struct Witness: Projection {
  static let name = "witness"
  static let version: Int64 = 1
  static let lifecycle = ProjectionLifecycle.inline
  static let tables = [
    ProjectionTable(
      "witness",
      """
      (
        position        INTEGER PRIMARY KEY,
        stream_id       TEXT    NOT NULL,
        stream_position INTEGER NOT NULL,
        commit_number   INTEGER NOT NULL,
        recorded_at_us  INTEGER NOT NULL,
        effective_at_us INTEGER NOT NULL,
        correlation_id  TEXT    NOT NULL,
        idempotency_key TEXT
      ) STRICT
      """)
  ]

  private let database: Database
  private let insert: String

  init(_ database: Database, in place: TablePlace) {
    self.database = database
    insert = "INSERT OR IGNORE INTO \(place["witness"]) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
  }

  func apply(_ projected: ProjectedEvent, _ log: ReadTransaction) throws {
    let (event, header) = (projected.recorded, projected.recorded.commit.header)
    try database.run(
      insert, event.position, event.streamID, event.streamPosition, header.number,
      header.recordedAtMicros, header.explicitEffectiveAtMicros ?? 0, header.correlationID,
      header.idempotencyKey)
  }

  /// The row that `event` should have, every column as text.
  static func row(_ event: RecordedEvent) -> [String?] {
    let header = event.commit.header
    return [
      "\(event.position)", event.streamID, "\(event.streamPosition)", "\(header.number)",
      "\(header.recordedAtMicros)", "\(header.explicitEffectiveAtMicros ?? 0)",
      header.correlationID, header.idempotencyKey,
    ]
  }
}
