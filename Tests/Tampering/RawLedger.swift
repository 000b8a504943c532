import CSQLite

/// What SQLite said when it refused a statement of a raw connection.
package struct RawLedgerError: Error, CustomStringConvertible {
  /// SQLite's own sentence, and the statement.
  package let description: String
}

/// The ledger's file as an attacker opens it: triggers never fire, so the guards stay as they are and
/// stop nothing; foreign keys are not enforced.
package final class RawLedger {
  private let handle: OpaquePointer

  /// Opens the file at `path`, which must exist.
  package init(_ path: String) throws {
    var handle: OpaquePointer?
    let code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, nil)
    guard code == SQLITE_OK, let handle else {
      sqlite3_close_v2(handle)
      throw RawLedgerError(description: "cannot open \(path)")
    }
    self.handle = handle
    _ = csqlite_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0)
    _ = csqlite_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 0)
    try run("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF")
  }

  deinit { sqlite3_close_v2(handle) }

  /// Runs one or more statements.
  package func run(_ sql: String) throws {
    guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw error(sql) }
  }

  /// How many rows were inserted, changed or deleted so far.
  package var changedRows: Int { Int(sqlite3_total_changes(handle)) }

  /// All rows of a query, every value as it is stored.
  package func rows(_ sql: String) throws -> [[StoredValue]] {
    var pointer: OpaquePointer?
    defer { sqlite3_finalize(pointer) }
    guard sqlite3_prepare_v2(handle, sql, -1, &pointer, nil) == SQLITE_OK, let pointer else {
      throw error(sql)
    }
    var rows: [[StoredValue]] = []
    while true {
      switch sqlite3_step(pointer) {
      case SQLITE_ROW:
        rows.append((0..<sqlite3_column_count(pointer)).map { StoredValue(pointer, $0) })
      case SQLITE_DONE: return rows
      default: throw error(sql)
      }
    }
  }

  /// The first column of all rows, as text.
  package func texts(_ sql: String) throws -> [String] {
    try rows(sql).map { $0[0].text }
  }

  /// The first column of all rows, as integers.
  package func integers(_ sql: String) throws -> [Int64] {
    try rows(sql).compactMap { $0[0].integer }
  }

  private func error(_ sql: String) -> RawLedgerError {
    RawLedgerError(description: "\(String(cString: sqlite3_errmsg(handle))): \(sql)")
  }
}
