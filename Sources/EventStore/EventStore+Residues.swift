internal import SQLite

/// What an erasure leaves behind for now: pages from before it, in the file or in the log of writes
/// beside it.
public enum Residue: Hashable, Sendable {
  /// Another program used the store all the time, so that the log could not be emptied.
  case logInUse
  /// Emptying the log failed.
  case logNotCleared(problem: String)
}

extension EventStore {
  private static let pagesPerBlob: Int64 = 1_000

  /// Copies the log of writes (`-wal`) into the file itself and empties it: until then, either may hold
  /// pages from before an erasure. Waits for other programs up to the busy timeout; nil means that it is
  /// done.
  public func clearLog() -> Residue? {
    do {
      // Its row: whether it was kept from it, and two counts that are -1 where there is no such log.
      let isBusy = try database.first("PRAGMA main.wal_checkpoint(TRUNCATE)") { $0.int64(0) != 0 }
      return isBusy == false ? nil : .logInUse
    } catch let error as DatabaseError where error.kind == .busy {
      return .logInUse
    } catch let error as DatabaseError {
      return .logNotCleared(problem: error.message)
    } catch {
      preconditionFailure("only the database fails here: \(error)")
    }
  }

  /// Copies of this file in older formats that migrating has left beside it, and their own logs.
  public func olderCopies() -> [String] { StoreMigration.copies(of: path) }

  /// Makes the table of personal texts anew, and overwrites every page that nothing uses.
  ///
  /// Deleting a row, even with `secure_delete`, leaves copies: whenever a tree is balanced, cells move to
  /// other pages, and the gaps they leave are not cleared. Pages of a table that is dropped are.
  func rebuildPersonalTexts() throws {
    // On since the connection was opened; here, nothing may depend on that.
    try database.execute("PRAGMA secure_delete = ON")
    try database.execute(
      """
      DROP TABLE IF EXISTS temp.kept_texts;
      CREATE TABLE temp.kept_texts AS
        SELECT position, field, salt, text FROM main.personal_texts ORDER BY position, field;
      DROP TABLE main.personal_texts;
      """)
    try overwriteFreePages()
    try database.execute(StoreSchema.personalTexts)
    for guardian in StoreSchema.guards(of: StoreSchema.personalTextsName) {
      try database.execute(guardian)
    }
    try database.execute(
      """
      INSERT INTO main.personal_texts (position, field, salt, text)
        SELECT position, field, salt, text FROM temp.kept_texts ORDER BY rowid;
      DROP TABLE temp.kept_texts;
      """)
  }

  /// Another program may have freed pages and left in them what it had read here.
  private func overwriteFreePages() throws {
    func count(_ pragma: String) throws -> Int64 {
      try database.first("PRAGMA main.\(pragma)") { $0.int64(0) } ?? 0
    }
    let pageBytes = try count("page_size")
    try database.execute("CREATE TABLE main.zeros (zeros BLOB) STRICT")
    while true {
      let free = try count("freelist_count")
      guard free > 0 else { break }
      try database.run(
        "INSERT INTO main.zeros VALUES (zeroblob(?))", min(free, Self.pagesPerBlob) * pageBytes)
    }
    try database.execute("DROP TABLE main.zeros")
  }
}
