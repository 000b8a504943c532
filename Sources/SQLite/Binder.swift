import CSQLite

/// Gives values to a statement's parameters, one after the other.
///
/// For statements that run for every event: each value is bound as what it is, while `Statement.bind` looks
/// up the types of all its values together each time.
package struct Binder {
  private let statement: OpaquePointer
  private var index: Int32 = 0
  private(set) var code = SQLITE_OK

  init(_ statement: OpaquePointer) { self.statement = statement }

  package mutating func add(_ value: Int64) {
    index += 1
    code |= sqlite3_bind_int64(statement, index, value)
  }

  package mutating func add(_ value: Int64?) {
    if let value { add(value) } else { addNull() }
  }

  package mutating func add(_ text: String) {
    index += 1
    code |= text.bind(to: statement, at: index)
  }

  package mutating func add(_ text: String?) {
    if let text { add(text) } else { addNull() }
  }

  /// Bytes of UTF-8, as `TEXT`; nil is NULL.
  package mutating func add(text: [UInt8]?) {
    guard let text else { return addNull() }
    index += 1
    code |= TextBytes(text).bind(to: statement, at: index)
  }

  /// As a blob; nil is NULL.
  package mutating func add(_ bytes: UnsafeRawBufferPointer?) {
    guard let bytes else { return addNull() }
    index += 1
    // A nil pointer, which an empty buffer may have, would bind NULL.
    guard !bytes.isEmpty else {
      code |= sqlite3_bind_zeroblob(statement, index, 0)
      return
    }
    code |= sqlite3_bind_blob(
      statement, index, bytes.baseAddress, Int32(bytes.count), csqlite_transient())
  }

  package mutating func addNull() {
    index += 1
    code |= sqlite3_bind_null(statement, index)
  }
}
