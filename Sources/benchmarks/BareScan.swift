import CSQLite
import Crypto

/// What verifying can't do without: a plain SELECT over every row of the log, and SHA-256 of the bytes
/// that FORMAT.md says are hashed. Written apart from the event store, and checking nothing.
struct BareScan {
  private let database: OpaquePointer
  private let streams: [[UInt8]]
  private let types: [[UInt8]]
  private let actors: [[UInt8]]
  private var fields = Fields()

  init(path: String) throws(BareScanError) {
    var handle: OpaquePointer?
    guard
      sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
        == SQLITE_OK, let handle
    else {
      throw BareScanError(path: path)
    }
    database = handle
    sqlite3_exec(handle, "PRAGMA cache_size = -16384", nil, nil, nil)
    streams = try Self.names("SELECT stream_key, stream_id FROM streams", handle)
    types = try Self.names("SELECT type_key, event_type FROM event_types", handle)
    actors = try Self.names("SELECT actor_key, actor FROM actors", handle)
  }

  func close() { sqlite3_close(database) }

  /// The head of the hash chain, which shows that the bytes were the right ones.
  mutating func head() throws -> [UInt8] {
    let store = try Self.rows("SELECT store_id FROM store", database)
    sqlite3_step(store)
    fields.begin("genesis")
    fields.append(store, 0)
    var previous = fields.digest
    sqlite3_finalize(store)
    let events = try Self.rows(
      """
      SELECT position, stream_position, stream_key, type_key, event_version, data, personal_digest
        FROM recorded_events ORDER BY position
      """, database)
    let commits = try Self.rows(
      """
      SELECT commit_number, recorded_at_us, effective_at_us, actor_key, correlation_id, causation_id,
             idempotency_key, fingerprint, reason_digest, metadata, last_position
        FROM commits ORDER BY commit_number
      """, database)
    defer { for statement in [events, commits] { sqlite3_finalize(statement) } }
    var digests: [[UInt8]] = []
    while sqlite3_step(commits) == SQLITE_ROW {
      let last = sqlite3_column_int64(commits, 10)
      digests.removeAll(keepingCapacity: true)
      repeat {
        guard sqlite3_step(events) == SQLITE_ROW else { break }
        digests.append(event(events))
      } while sqlite3_column_int64(events, 0) < last
      previous = commit(commits, after: previous, digests)
    }
    try hashPersonalTexts()
    return previous
  }

  private mutating func event(_ row: OpaquePointer) -> [UInt8] {
    fields.begin("event")
    fields.append(sqlite3_column_int64(row, 0))
    fields.append(sqlite3_column_int64(row, 1))
    fields.append(streams[Int(sqlite3_column_int64(row, 2))])
    fields.append(types[Int(sqlite3_column_int64(row, 3))])
    fields.append(sqlite3_column_int64(row, 4))
    fields.append(row, 5)
    fields.append(row, 6)
    return fields.digest
  }

  private mutating func commit(
    _ row: OpaquePointer, after previous: [UInt8], _ events: [[UInt8]]
  ) -> [UInt8] {
    fields.begin("commit")
    fields.append(previous)
    fields.append(sqlite3_column_int64(row, 0))
    fields.append(sqlite3_column_int64(row, 1))
    if sqlite3_column_type(row, 2) == SQLITE_NULL {
      fields.appendAbsent()
    } else {
      fields.append(sqlite3_column_int64(row, 2))
    }
    fields.append(actors[Int(sqlite3_column_int64(row, 3))])
    for column in Int32(4)...9 { fields.append(row, column) }
    fields.append(Int64(events.count))
    for event in events { fields.append(event) }
    return fields.digest
  }

  private func hashPersonalTexts() throws {
    let texts = try Self.rows(
      "SELECT salt, text FROM personal_texts ORDER BY position, field", database)
    defer { sqlite3_finalize(texts) }
    while sqlite3_step(texts) == SQLITE_ROW {
      var hash = SHA256()
      for column in Int32(0)...1 {
        let start = sqlite3_column_blob(texts, column)
        let count = Int(sqlite3_column_bytes(texts, column))
        hash.update(bufferPointer: UnsafeRawBufferPointer(start: start, count: count))
      }
      _ = hash.finalize()
    }
  }

  private static func rows(
    _ sql: String, _ database: OpaquePointer
  ) throws(BareScanError) -> OpaquePointer {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK, let statement else {
      throw BareScanError(path: sql)
    }
    return statement
  }

  /// Names by their keys, which count from 1.
  private static func names(
    _ sql: String, _ database: OpaquePointer
  ) throws(BareScanError) -> [[UInt8]] {
    let statement = try rows(sql, database)
    defer { sqlite3_finalize(statement) }
    var names: [[UInt8]] = [[]]
    while sqlite3_step(statement) == SQLITE_ROW {
      let start = sqlite3_column_blob(statement, 1)
      let count = Int(sqlite3_column_bytes(statement, 1))
      names.append(Array(UnsafeRawBufferPointer(start: start, count: count)))
    }
    return names
  }
}

/// A file or a statement that SQLite didn't take.
struct BareScanError: Error {
  let path: String
}

/// A sequence of fields, each with its length in front.
private struct Fields {
  private var bytes: [UInt8] = []

  mutating func begin(_ kind: StaticString) {
    bytes.removeAll(keepingCapacity: true)
    kind.withUTF8Buffer { append(UnsafeRawBufferPointer($0)) }
    append(1)
  }

  mutating func append(_ integer: Int64) {
    withUnsafeBytes(of: integer.bigEndian) { append($0) }
  }

  mutating func append(_ field: [UInt8]) {
    field.withUnsafeBytes { append($0) }
  }

  /// A column of text or bytes, which may be NULL.
  mutating func append(_ row: OpaquePointer, _ column: Int32) {
    guard sqlite3_column_type(row, column) != SQLITE_NULL else { return appendAbsent() }
    let start = sqlite3_column_blob(row, column)
    append(
      UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(row, column))))
  }

  mutating func appendAbsent() { appendLength(.max) }

  private mutating func append(_ field: UnsafeRawBufferPointer) {
    appendLength(UInt32(field.count))
    bytes.append(contentsOf: field)
  }

  private mutating func appendLength(_ length: UInt32) {
    withUnsafeBytes(of: length.bigEndian) { bytes.append(contentsOf: $0) }
  }

  var digest: [UInt8] {
    bytes.withUnsafeBytes { bytes in
      var hash = SHA256()
      hash.update(bufferPointer: bytes)
      return Array(hash.finalize())
    }
  }
}
