internal import SQLite

/// What a store's file looks like from outside.
public struct StoreStatistics: Hashable, Sendable {
  /// `PRAGMA user_version`.
  public let format: Int64
  /// Bytes of the file itself.
  public let fileBytes: Int64
  /// Bytes of the log of writes beside it (`-wal`), which are not all in use.
  public let logBytes: Int64
  /// Bytes of a page.
  public let pageBytes: Int64
  /// Pages of the file that nothing uses.
  public let freePages: Int64
  /// `wal` for every store.
  public let journalMode: String
  /// What survives when the power fails, as this program writes.
  public let durability: EventStore.Durability
  /// How many pages the log of writes gets before they are copied into the file.
  public let logPagesBeforeCheckpoint: Int64
  /// How many bytes the log of writes keeps when it begins anew. It is longer only while somebody reads, or
  /// writes very much at once.
  public let logBytesKept: Int64

  /// Whether somebody has read, or written at once, for so long that the log has outgrown its limit.
  public var isLogOverLimit: Bool { logBytes > logBytesKept }

  /// What the log has in front of each page: <https://sqlite.org/fileformat2.html#walformat>.
  package static let logHeaderBytes: Int64 = 24
}

extension ReadTransaction {
  /// What the file looks like now.
  public func statistics() throws -> StoreStatistics {
    let database = store.database
    func number(_ pragma: String) throws -> Int64 {
      try database.first("PRAGMA main.\(pragma)") { $0.int64(0) } ?? 0
    }
    return StoreStatistics(
      format: try number("user_version"), fileBytes: StoreFile.bytes(of: store.path),
      logBytes: StoreFile.bytes(of: store.path + "-wal"), pageBytes: try number("page_size"),
      freePages: try number("freelist_count"),
      journalMode: try database.first("PRAGMA main.journal_mode") { $0.text(0) } ?? "",
      durability: store.configuration.durability,
      logPagesBeforeCheckpoint: Int64(StoreFile.logPagesBeforeCheckpoint),
      logBytesKept: StoreFile.logBytesKept)
  }

  /// What is wrong with SQLite's own structures, in its words; nothing if they are whole.
  ///
  /// Does not compare indexes with their tables, as `verify` does.
  package func structuralProblems() throws -> [String] {
    var lines: [String] = []
    try store.database.forEach("PRAGMA quick_check(20)") { lines.append($0.text(0)) }
    return lines == ["ok"] ? [] : lines
  }
}

/// How much of a store's file is what; bytes of whole pages.
package struct StoreRoom: Hashable, Sendable {
  /// What can't be made again: commits, events, texts, names and the tree of commits, with their indexes.
  package let log: Int64
  /// Projections, snapshots, settings and subscriptions.
  package let others: Int64
}

extension ReadTransaction {
  /// How much room the log takes, and all else. Looks at every page.
  ///
  /// Throws `DatabaseError` where SQLite was built without `dbstat`.
  package func roomTaken() throws -> StoreRoom {
    var (log, others): (Int64, Int64) = (0, 0)
    try store.database.forEach(
      """
      SELECT t.tbl_name, sum(s.pgsize) FROM main.sqlite_schema t
        JOIN dbstat('main', 1) s ON s.name = t.name GROUP BY t.tbl_name
      """
    ) { row in
      if StoreSchema.appendOnlyTables.contains(row.text(0)) {
        log += row.int64(1)
      } else {
        others += row.int64(1)
      }
    }
    return StoreRoom(log: log, others: others)
  }
}
