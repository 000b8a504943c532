internal import SQLite

/// The look-up tables that keep repeated text out of the log: text to key and back, cached.
final class NameTables {
  let streams: NameTable
  let eventTypes: NameTable
  let actors: NameTable

  init(_ database: Database) {
    streams = NameTable(database, table: "streams", key: "stream_key", name: "stream_id")
    eventTypes = NameTable(database, table: "event_types", key: "type_key", name: "event_type")
    actors = NameTable(database, table: "actors", key: "actor_key", name: "actor")
  }

  func forget() {
    streams.forget()
    eventTypes.forget()
    actors.forget()
  }
}

/// One look-up table.
final class NameTable {
  private let database: Database
  private let selectKey: String
  private let selectName: String
  private let insert: String
  private var keys = BoundedCache<ByteExactText, Int64>(limit: 65_536)
  private var namesByKey = BoundedCache<Int64, String>(limit: 65_536)

  init(_ database: Database, table: String, key: String, name: String) {
    self.database = database
    selectKey = "SELECT \(key) FROM \(table) WHERE \(name) = ?"
    selectName = "SELECT \(name) FROM \(table) WHERE \(key) = ?"
    insert = """
      INSERT INTO \(table) (\(key), \(name))
      VALUES ((SELECT coalesce(max(\(key)), 0) + 1 FROM \(table)), ?) RETURNING \(key)
      """
  }

  /// The key of `name`; nil if it never stood in the log.
  func key(of name: String) throws -> Int64? {
    if let key = keys[ByteExactText(text: name)] { return key }
    let key = try database.first(selectKey, name) { $0.int64(0) }
    if let key { keys[ByteExactText(text: name)] = key }
    return key
  }

  /// The key of `name`, made now if there is none.
  func makeKey(of name: String) throws -> Int64 {
    if let key = try key(of: name) { return key }
    guard let key = try database.first(insert, name, read: { $0.int64(0) }) else {
      preconditionFailure("INSERT … RETURNING gives a row")
    }
    keys[ByteExactText(text: name)] = key
    return key
  }

  /// The name behind `key`; nil if the file has lost it.
  func name(of key: Int64) throws -> String? {
    if let name = namesByKey[key] { return name }
    let name = try database.first(selectName, key) { $0.text(0) }
    if let name { namesByKey[key] = name }
    return name
  }

  func forget() {
    keys.removeAll()
    namesByKey.removeAll()
  }
}
