/// One table as it stands in the file, and how its rows are told apart.
struct StoredTable {
  let name: String
  let columns: [Column]
  /// The columns of the primary key, in its order; `rowid` if none was declared.
  let key: [String]
  let rows: [[StoredValue]]
  /// Columns in whose indexes no value, or no group of values, stands twice; the key's left out.
  let uniqueColumns: Set<String>

  struct Column {
    let name: String
    let type: String
  }

  init(_ name: String, _ raw: RawLedger) throws {
    self.name = name
    let described = try raw.rows(
      "SELECT name, type, pk FROM pragma_table_info('\(name)') ORDER BY cid")
    columns = described.map { Column(name: $0[0].text, type: $0[1].text) }
    let declared = described.filter { $0[2].integer != 0 }
      .sorted { ($0[2].integer ?? 0) < ($1[2].integer ?? 0) }.map { $0[0].text }
    key = declared.isEmpty ? ["rowid"] : declared
    let list = columns.map(\.name).joined(separator: ", ")
    let hidden = declared.isEmpty ? ", rowid" : ""
    rows = try raw.rows(
      "SELECT \(list)\(hidden) FROM \(name) ORDER BY \(key.joined(separator: ", "))")
    let unique = try raw.texts(
      """
      SELECT c.name FROM pragma_index_list('\(name)') l, pragma_index_info(l.name) c
       WHERE l."unique" AND l.origin <> 'pk'
      """)
    uniqueColumns = Set(unique)
  }

  /// Every table of the file but SQLite's own.
  static func all(_ raw: RawLedger) throws -> [StoredTable] {
    try raw.texts(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1"
    ).map { try StoredTable($0, raw) }
  }

  /// The value of a column, or of the hidden key, in one row.
  func value(_ column: String, _ row: Int) -> StoredValue {
    guard let index = columns.firstIndex(where: { $0.name == column }) else {
      return rows[row][columns.count]
    }
    return rows[row][index]
  }

  /// SQL that is true for one row alone, which may stand under another value in `column` by now.
  func condition(_ row: Int, _ column: String? = nil, is value: StoredValue? = nil) -> String {
    key.map { name in
      let stands = name == column ? value ?? self.value(name, row) : self.value(name, row)
      return "\(name) = \(stands.literal)"
    }.joined(separator: " AND ")
  }

  /// SQL that sets one column of one row.
  func update(_ row: Int, _ column: String, to value: String) -> String {
    "UPDATE \(name) SET \(column) = \(value) WHERE \(condition(row))"
  }

  /// Every integer of a column that has one.
  func integers(_ column: String) -> [Int64] {
    rows.indices.compactMap { value(column, $0).integer }
  }

  /// SQL that takes away the shape of a value: what STRICT and NOT NULL refuse can be written then.
  static let relaxing = """
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema
       SET sql = replace(replace(replace(sql, ') STRICT, ', ') '), ') STRICT', ')'), 'NOT NULL', '')
     WHERE type = 'table';
    PRAGMA writable_schema = RESET;
    """

  /// SQL that puts back what `relaxing` took from the schema that `raw` has now.
  static func restoring(_ raw: RawLedger) throws -> String {
    let tables = try raw.rows("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")
    let updates = tables.map {
      "UPDATE sqlite_schema SET sql = \($0[1].literal) WHERE name = \($0[0].literal);"
    }
    return "PRAGMA writable_schema = ON; \(updates.joined()) PRAGMA writable_schema = OFF"
  }
}
