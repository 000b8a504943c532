import CSQLite

extension Database {
  /// How many pages are copied before `progress` hears of it.
  private static let pagesPerStep: Int32 = 1_024

  /// Makes `destination` what this connection sees: every page, also those that nothing uses.
  ///
  /// Inside a transaction of this connection that is one moment, whatever others write meanwhile; outside,
  /// SQLite begins anew whenever they do. `progress` is told how many pages of how many are done; if it
  /// throws, or copying fails, `destination` is no database. <https://sqlite.org/backup.html>
  package func copyPages(
    to destination: Database, progress: (_ done: Int64, _ total: Int64) throws -> Void
  ) throws {
    guard let backup = sqlite3_backup_init(destination.handle, "main", handle, "main") else {
      throw destination.error(sqlite3_extended_errcode(destination.handle), nil)
    }
    var code: Int32
    do {
      repeat {
        code = sqlite3_backup_step(backup, Self.pagesPerStep)
        // Numbers of 32 bits without a sign, in a type that has one.
        let total = UInt32(bitPattern: sqlite3_backup_pagecount(backup))
        let remaining = UInt32(bitPattern: sqlite3_backup_remaining(backup))
        try progress(Int64(total) - Int64(remaining), Int64(total))
      } while code == SQLITE_OK
    } catch {
      sqlite3_backup_finish(backup)
      throw error
    }
    // Says what failed, if anything did: a step that found a lock taken is no failure to it.
    let failure = sqlite3_backup_finish(backup)
    guard code == SQLITE_DONE else {
      throw destination.error(failure == SQLITE_OK ? code : failure, nil)
    }
  }
}
