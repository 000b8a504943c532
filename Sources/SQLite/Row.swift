import CSQLite

/// One row of a running query; columns count from 0.
package struct Row {
  let pointer: OpaquePointer

  package func isNull(_ column: Int32) -> Bool {
    sqlite3_column_type(pointer, column) == SQLITE_NULL
  }

  package func int64(_ column: Int32) -> Int64 {
    sqlite3_column_int64(pointer, column)
  }

  package func optionalInt64(_ column: Int32) -> Int64? {
    isNull(column) ? nil : int64(column)
  }

  /// The text of a column; bytes that are not UTF-8 read as U+FFFD.
  package func text(_ column: Int32) -> String {
    guard let start = sqlite3_column_text(pointer, column) else { return "" }
    let count = Int(sqlite3_column_bytes(pointer, column))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  package func optionalText(_ column: Int32) -> String? {
    isNull(column) ? nil : text(column)
  }

  /// The bytes of a text or blob column, exactly as stored.
  package func bytes(_ column: Int32) -> [UInt8] {
    guard let start = sqlite3_column_blob(pointer, column) else { return [] }
    let count = Int(sqlite3_column_bytes(pointer, column))
    return [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  }

  /// The bytes of a text or blob column where SQLite keeps them, exactly as stored; nil for NULL.
  ///
  /// Valid until the statement's next `step` or `reset`.
  package func unsafeBytes(_ column: Int32) -> UnsafeRawBufferPointer? {
    guard !isNull(column) else { return nil }
    // SQLite has no address for no bytes.
    guard let start = sqlite3_column_blob(pointer, column) else {
      return .init(start: nil, count: 0)
    }
    return .init(start: start, count: Int(sqlite3_column_bytes(pointer, column)))
  }

  /// Whether a column holds exactly `bytes`.
  package func has(_ bytes: [UInt8], in column: Int32) -> Bool {
    guard let found = unsafeBytes(column), found.count == bytes.count else { return false }
    return bytes.withUnsafeBytes { $0.elementsEqual(found) }
  }

  package func optionalBytes(_ column: Int32) -> [UInt8]? {
    isNull(column) ? nil : bytes(column)
  }
}

extension Row {
  /// Every column's name, and its value as text.
  package var named: [(name: String, value: String?)] {
    (0..<sqlite3_column_count(pointer)).map { column in
      (
        sqlite3_column_name(pointer, column).map { String(cString: $0) } ?? "",
        optionalText(column)
      )
    }
  }
}
