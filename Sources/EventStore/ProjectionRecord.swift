internal import SQLite

/// What the file says about one projection.
struct ProjectionRecord {
  let lifecycle: String
  let version: Int64
  /// The global position of the last event applied: always the end of a commit.
  let checkpoint: Int64
  /// Where it stopped; nil if it didn't.
  let stop: ProjectionStop?
  /// Names the rebuild under way, which may be dead; nil if none is.
  let rebuildID: Int64?
  /// How far that has come.
  let rebuiltThrough: Int64?
}

/// An event that a projection can't apply, and why.
package struct ProjectionStop: Hashable, Sendable {
  /// The projection's.
  package let name: String
  /// The event's global position.
  package let position: Int64
  package let problem: String
}

extension Database {
  /// Nil if the projection was never made.
  func projectionRecord(of name: String) throws -> ProjectionRecord? {
    try first(
      """
      SELECT lifecycle, version, checkpoint, stopped_at, problem, rebuild_id, rebuilt_through
        FROM projections WHERE name = ?
      """, name
    ) { row in
      ProjectionRecord(
        lifecycle: row.text(0), version: row.int64(1), checkpoint: row.int64(2),
        stop: row.optionalInt64(3).map {
          ProjectionStop(name: name, position: $0, problem: row.text(4))
        },
        rebuildID: row.optionalInt64(5), rebuiltThrough: row.optionalInt64(6))
    }
  }

  /// Records that the tables of `type` are of this program and hold everything up to `checkpoint`; what a
  /// rebuild under way has is kept.
  func record(_ type: any Projection.Type, checkpoint: Int64) throws {
    try run(
      """
      INSERT INTO projections (name, lifecycle, version, checkpoint) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET lifecycle = excluded.lifecycle, version = excluded.version,
        checkpoint = excluded.checkpoint, stopped_at = NULL, problem = NULL
      """, type.name, type.lifecycle.rawValue, type.version, checkpoint)
  }

  /// Records that a projection has seen everything up to `checkpoint`, and what stops it there if
  /// anything does.
  func advance(_ name: String, to checkpoint: Int64, _ stop: ProjectionStop? = nil) throws {
    try run(
      "UPDATE projections SET checkpoint = ?, stopped_at = ?, problem = ? WHERE name = ?",
      checkpoint, stop?.position, stop?.problem, name)
  }
}
