internal import SQLite

/// The end of the log in one view of the file.
struct LogEnd: Sendable {
  /// 0 in an empty log.
  let commitNumber: Int64
  /// The global position of the last event, of whatever commit; 0 in an empty log.
  let position: Int64
  private let commitHash: [UInt8]

  init(_ database: Database) throws {
    (commitNumber, commitHash) =
      try database.first(
        "SELECT commit_number, commit_hash FROM commits ORDER BY commit_number DESC LIMIT 1"
      ) { ($0.int64(0), $0.bytes(1)) } ?? (0, [])
    position =
      try database.first("SELECT max(position) FROM recorded_events") { $0.int64(0) } ?? 0
  }

  /// Whether the last commit of this log is in that of `database`.
  func isSeen(by database: Database) throws -> Bool {
    try database.first(
      "SELECT commit_hash FROM commits WHERE commit_number = ?", commitNumber
    ) { $0.bytes(0) } == commitHash
  }
}
