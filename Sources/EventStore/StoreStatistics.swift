internal import SQLite

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

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
}

extension ReadTransaction {
  /// What the file looks like now.
  public func statistics() throws -> StoreStatistics {
    let database = store.database
    func number(_ pragma: String) throws -> Int64 {
      try database.first("PRAGMA main.\(pragma)") { $0.int64(0) } ?? 0
    }
    return StoreStatistics(
      format: try number("user_version"), fileBytes: Self.bytes(of: store.path),
      logBytes: Self.bytes(of: store.path + "-wal"), pageBytes: try number("page_size"),
      freePages: try number("freelist_count"),
      journalMode: try database.first("PRAGMA main.journal_mode") { $0.text(0) } ?? "",
      durability: store.configuration.durability,
      logPagesBeforeCheckpoint: Int64(StoreFile.logPagesBeforeCheckpoint),
      logBytesKept: StoreFile.logBytesKept)
  }

  /// 0 if there is no such file.
  private static func bytes(of path: String) -> Int64 {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : 0
  }
}
