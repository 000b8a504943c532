import CSQLite
import EventStore

/// One value as SQLite stores it, text by its bytes.
package enum StoredValue: Hashable {
  case null
  case integer(Int64)
  case text([UInt8])
  case blob([UInt8])

  /// A column of the current row; the ledger has no floating-point numbers.
  init(_ statement: OpaquePointer, _ column: Int32) {
    switch sqlite3_column_type(statement, column) {
    case SQLITE_INTEGER: self = .integer(sqlite3_column_int64(statement, column))
    case SQLITE_TEXT: self = .text(Self.bytes(statement, column))
    case SQLITE_BLOB: self = .blob(Self.bytes(statement, column))
    case SQLITE_NULL: self = .null
    case let type: preconditionFailure("a ledger holds no value of type \(type)")
    }
  }

  private static func bytes(_ statement: OpaquePointer, _ column: Int32) -> [UInt8] {
    guard let start = sqlite3_column_blob(statement, column) else { return [] }
    let count = Int(sqlite3_column_bytes(statement, column))
    return [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  }

  /// This value as SQL writes it; any bytes can stand in a text.
  package var literal: String {
    switch self {
    case .null: "NULL"
    case .integer(let integer): "\(integer)"
    case .blob(let bytes): "x'\(bytes.hex)'"
    case .text(let bytes):
      bytes.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "'") }
        ? "'\(String(decoding: bytes, as: UTF8.self))'" : "CAST(x'\(bytes.hex)' AS TEXT)"
    }
  }

  /// A text, or an integer as text; empty for anything else.
  package var text: String {
    switch self {
    case .text(let bytes): String(decoding: bytes, as: UTF8.self)
    case .integer(let integer): "\(integer)"
    case .null, .blob: ""
    }
  }

  /// An integer; nil for anything else.
  package var integer: Int64? {
    if case .integer(let integer) = self { integer } else { nil }
  }

  /// The bytes of a text or blob; nil for anything else.
  package var bytes: [UInt8]? {
    switch self {
    case .text(let bytes), .blob(let bytes): bytes
    case .null, .integer: nil
    }
  }

  /// A text or blob with other bytes; anything else as it is.
  func with(_ bytes: [UInt8]) -> StoredValue {
    switch self {
    case .text: .text(bytes)
    case .blob: .blob(bytes)
    case .null, .integer: self
    }
  }
}
