import CSQLite

/// A value that a statement's parameter can take.
package protocol Bindable {
  /// Binds the value at `index` (counted from 1) and returns SQLite's result code.
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32
}

extension Int64: Bindable {
  package func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    sqlite3_bind_int64(statement, index, self)
  }
}

extension Int: Bindable {
  package func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    sqlite3_bind_int64(statement, index, Int64(self))
  }
}

extension String: Bindable {
  package func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    var text = self
    return text.withUTF8 { bytes in
      guard !bytes.isEmpty else { return sqlite3_bind_text(statement, index, "", 0, nil) }
      return bytes.withMemoryRebound(to: CChar.self) { characters in
        sqlite3_bind_text(
          statement, index, characters.baseAddress, Int32(characters.count), csqlite_transient())
      }
    }
  }
}

/// Bytes of UTF-8 that are bound as `TEXT`, not as a blob.
package struct TextBytes: Bindable {
  private let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    // A nil pointer, which an empty buffer may have, would bind NULL.
    guard !bytes.isEmpty else { return "".bind(to: statement, at: index) }
    return bytes.withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { characters in
        sqlite3_bind_text(
          statement, index, characters.baseAddress, Int32(characters.count), csqlite_transient())
      }
    }
  }
}

extension [UInt8]: Bindable {
  package func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    guard !isEmpty else { return sqlite3_bind_zeroblob(statement, index, 0) }
    return withUnsafeBytes { buffer in
      sqlite3_bind_blob(
        statement, index, buffer.baseAddress, Int32(buffer.count), csqlite_transient())
    }
  }
}

extension Optional: Bindable where Wrapped: Bindable {
  package func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    switch self {
    case .none: sqlite3_bind_null(statement, index)
    case .some(let value): value.bind(to: statement, at: index)
    }
  }
}
