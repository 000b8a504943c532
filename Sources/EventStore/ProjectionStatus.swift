internal import SQLite

/// How a projection stands.
public struct ProjectionStatus: Hashable, Sendable {
  /// Its name.
  public let name: String
  /// `inline`, `deferred` or `live`.
  public let lifecycle: String
  /// The version of its code and tables in this program.
  public let version: Int64
  /// The global position of the last event applied; nil if it has no tables, or none that can be used.
  public let checkpoint: Int64?
  /// How many events it has not applied yet; nil like `checkpoint`.
  public let lag: Int64?
  /// How much room its tables take; nil if nobody asked, or SQLite was built without `dbstat`.
  public let bytes: Int64?
  /// The position of the event that it can't apply; nil if it goes on.
  public let stoppedAt: Int64?
  /// What is wrong with it; nil if nothing is.
  public let problem: String?
  /// How far a rebuild has come that is under way, or was killed; nil if there is none.
  public let rebuiltThrough: Int64?
}

extension ReadTransaction {
  /// All projections of the program, in the order in which they see an event.
  ///
  /// Their `bytes` only if `measuring`: that looks at every page of their tables.
  package func projectionStatuses(measuring: Bool = true) throws -> [ProjectionStatus] {
    let head = try head().position
    return try store.configuration.projections.map {
      try status(of: $0, head: head, measuring: measuring)
    }
  }

  /// What keeps an inline projection from answering; nil if they are up to date.
  package func projectionProblem() throws -> String? {
    try store.projections.checkpointProblem(head: try head().position)
  }

  private func status(
    of type: any Projection.Type, head: Int64, measuring: Bool
  ) throws -> ProjectionStatus {
    func status(
      _ record: ProjectionRecord?, checkpoint: Int64?, _ problem: String?
    ) throws -> ProjectionStatus {
      ProjectionStatus(
        name: type.name, lifecycle: type.lifecycle.rawValue, version: type.version,
        checkpoint: checkpoint, lag: checkpoint.map { head - $0 },
        bytes: type.lifecycle == .live ? 0 : measuring ? try bytes(of: type) : nil,
        stoppedAt: record?.stop?.position, problem: problem ?? record?.stop?.problem,
        rebuiltThrough: record?.rebuiltThrough)
    }
    guard type.lifecycle != .live else { return try status(nil, checkpoint: nil, nil) }
    switch try store.projections.condition(of: type) {
    case .usable(let record):
      return try status(record, checkpoint: record.checkpoint, nil)
    case .missing: return try status(nil, checkpoint: nil, "it is missing")
    case .outdated(let why):
      return try status(
        try store.database.projectionRecord(of: type.name), checkpoint: nil, why)
    }
  }

  private func bytes(of type: any Projection.Type) throws -> Int64? {
    do {
      var bytes: Int64 = 0
      for table in type.tables {
        // With the indexes of a table, and the tables of a full-text index.
        bytes +=
          try store.database.first(
            """
            SELECT coalesce(sum(s.pgsize), 0) FROM main.sqlite_schema t
              JOIN dbstat('main', 1) s ON s.name = t.name
             WHERE t.tbl_name = ?1 OR (?2 AND t.tbl_name LIKE ?1 || '\\_%' ESCAPE '\\'
               AND t.name IN (?1 || '_data', ?1 || '_idx', ?1 || '_docsize', ?1 || '_config'))
            """, table.name, table.isFullText ? 1 : 0
          ) { $0.int64(0) } ?? 0
      }
      return bytes
    } catch let error as DatabaseError where error.kind == .other {
      return nil
    }
  }
}
