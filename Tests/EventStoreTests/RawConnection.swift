import CSQLite

/// What SQLite said when it refused a statement of a raw connection.
struct RawError: Error, Hashable {
  let code: Int32
  let message: String
}

/// A connection as any other program opens one: default settings, triggers and views on.
final class RawConnection {
  private let handle: OpaquePointer

  init(_ path: String) throws {
    var handle: OpaquePointer?
    let code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
    guard code == SQLITE_OK, let handle else {
      sqlite3_close_v2(handle)
      throw RawError(code: code, message: "cannot open \(path)")
    }
    self.handle = handle
    sqlite3_busy_timeout(handle, 5_000)
  }

  deinit { sqlite3_close_v2(handle) }

  /// Runs one or more statements.
  func run(_ sql: String) throws {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else {
      throw RawError(code: code, message: String(cString: sqlite3_errmsg(handle)))
    }
  }

  /// All rows of one query, every column as text.
  func rows(_ sql: String) throws -> [[String?]] {
    var pointer: OpaquePointer?
    let code = sqlite3_prepare_v2(handle, sql, -1, &pointer, nil)
    defer { sqlite3_finalize(pointer) }
    guard code == SQLITE_OK else {
      throw RawError(code: code, message: String(cString: sqlite3_errmsg(handle)))
    }
    var rows: [[String?]] = []
    while true {
      switch sqlite3_step(pointer) {
      case SQLITE_ROW:
        rows.append(
          (0..<sqlite3_column_count(pointer)).map { column in
            sqlite3_column_text(pointer, column).map { String(cString: $0) }
          })
      case SQLITE_DONE: return rows
      case let code: throw RawError(code: code, message: String(cString: sqlite3_errmsg(handle)))
      }
    }
  }

  /// The first column of the first row.
  func value(_ sql: String) throws -> String? {
    try rows(sql).first?.first ?? nil
  }

  /// Everything that the append-only tables hold, as text to compare.
  func contents(of tables: [String]) throws -> [String: [[String?]]] {
    var contents: [String: [[String?]]] = [:]
    for table in tables {
      let columns = try rows("SELECT name FROM pragma_table_info('\(table)')")
      let quoted = columns.compactMap { $0.first ?? nil }.map { "quote(\($0))" }
      contents[table] = try rows("SELECT \(quoted.joined(separator: ", ")) FROM \(table)")
    }
    return contents
  }
}
