import CSQLite
import Testing

/// The ledger's file as another program opens it: default settings, guards on.
final class RawFile {
  private let handle: OpaquePointer

  init(_ path: String) throws {
    var handle: OpaquePointer?
    let code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, nil)
    self.handle = try #require(handle)
    try #require(code == SQLITE_OK)
    sqlite3_busy_timeout(handle, 5_000)
  }

  deinit { sqlite3_close_v2(handle) }

  /// Runs one or more statements.
  func run(_ sql: String) throws {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    try #require(code == SQLITE_OK, "\(String(cString: sqlite3_errmsg(handle))) in \(sql)")
  }

  /// All rows of a query, every column as SQL writes it.
  func rows(_ sql: String) throws -> [[String]] {
    var pointer: OpaquePointer?
    let code = sqlite3_prepare_v2(handle, sql, -1, &pointer, nil)
    defer { sqlite3_finalize(pointer) }
    try #require(code == SQLITE_OK, "\(String(cString: sqlite3_errmsg(handle))) in \(sql)")
    var rows: [[String]] = []
    while sqlite3_step(pointer) == SQLITE_ROW {
      rows.append(
        (0..<sqlite3_column_count(pointer)).map { column in
          sqlite3_column_text(pointer, column).map { String(cString: $0) } ?? "NULL"
        })
    }
    return rows
  }

  /// The first column of all rows.
  func column(_ sql: String) throws -> [String] {
    try rows(sql).map { try #require($0.first) }
  }

  /// Everything in `tables` in their own order, blobs and nulls included.
  func contents(of tables: [String]) throws -> [String: [[String]]] {
    var contents: [String: [[String]]] = [:]
    for table in tables {
      let columns = try column("SELECT name FROM pragma_table_info('\(table)')")
      let quoted = columns.map { "quote(\($0))" }.joined(separator: ", ")
      contents[table] = try rows("SELECT \(quoted) FROM \(table)")
    }
    return contents
  }
}
