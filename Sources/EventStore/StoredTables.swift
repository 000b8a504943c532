internal import SQLite

/// The definitions of tables as the file keeps them.
enum StoredTables {
  /// The definition of every table, by name.
  static func definitions(in database: Database) throws -> [String: String] {
    var tables: [String: String] = [:]
    try database.forEach("SELECT name, sql FROM main.sqlite_schema WHERE type = 'table'") { row in
      let name = row.text(0)
      tables[name] = normalised(row.text(1), of: name)
    }
    return tables
  }

  /// `sql`, with the name of its table unquoted: renaming a table puts it in quotes.
  static func normalised(_ sql: String, of name: String) -> String {
    for beginning in ["CREATE TABLE ", "CREATE VIRTUAL TABLE "] {
      for quote in ["\"", "'"] {
        let quoted = beginning + quote + name + quote
        if sql.hasPrefix(quoted) { return beginning + name + sql.dropFirst(quoted.count) }
      }
    }
    return sql
  }
}

extension ProjectionTable {
  /// Its definition as the file keeps it, under its own name.
  var storedDefinition: String { creation(named: name) }
}

extension Database {
  /// Makes tables anew, empty.
  func make(_ tables: [ProjectionTable], in place: TablePlace) throws {
    for table in tables {
      try drop(place[table.name])
      try execute(table.creation(named: place[table.name]))
      guard table.isFullText else { continue }
      // <https://sqlite.org/fts5.html#the_hashsize_configuration_option>
      let name = place[table.name].split(separator: ".").last ?? ""
      try run(
        "INSERT INTO \(place[table.name]) (\(name), rank) VALUES ('hashsize', ?)",
        ProjectionTable.indexMemoryBytes)
    }
  }

  /// Drops `table`, with its schema, if it is there: a full-text index too that is damaged so that SQLite
  /// can't open it.
  func drop(_ table: String) throws {
    do {
      try execute("DROP TABLE IF EXISTS \(table)")
    } catch {
      let isOfContent = error.kind == .damaged || error.kind == .other
      guard isOfContent, try isFullText(table) else { throw error }
      try dropIndex(table)
    }
  }

  private func dropIndex(_ table: String) throws {
    try undefended {
      try execute("PRAGMA writable_schema = ON")
      try run(
        "DELETE FROM main.sqlite_schema WHERE type = 'table' AND 'main.' || name = ?", table)
      try execute("PRAGMA writable_schema = RESET")
      // What is left of it are tables, <https://sqlite.org/fts5.html#fts5_data_structures>.
      for part in ["data", "idx", "content", "docsize", "config"] {
        try execute("DROP TABLE IF EXISTS \(table)_\(part)")
      }
    }
  }

  private func isFullText(_ table: String) throws -> Bool {
    try first(
      """
      SELECT sql LIKE 'CREATE VIRTUAL TABLE%' FROM main.sqlite_schema WHERE 'main.' || name = ?
      """, table
    ) { $0.int64(0) == 1 } ?? false
  }

  /// Makes tables that only this connection sees, empty.
  func makeTemporary(_ tables: [ProjectionTable]) throws {
    // While a statement reads, no table can be dropped.
    guard try tables.allSatisfy({ try hasTemporary($0) }) else {
      return try make(tables, in: .temporary)
    }
    for table in tables {
      try execute(
        table.isFullText
          ? "INSERT INTO temp.\(table.name) (\(table.name)) VALUES ('delete-all')"
          : "DELETE FROM temp.\(table.name)")
    }
  }

  private func hasTemporary(_ table: ProjectionTable) throws -> Bool {
    try first(
      "SELECT count(*) FROM temp.sqlite_schema WHERE type = 'table' AND name = ?", table.name
    ) { $0.int64(0) == 1 } ?? false
  }
}
