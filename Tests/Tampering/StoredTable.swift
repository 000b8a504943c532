/// One table as it stands in the file, and how its rows are told apart.
struct StoredTable {
  let name: String
  let columns: [Column]
  /// The columns of the primary key, in its order; `rowid` if none was declared.
  let key: [String]
  /// How many rows there are; rows are numbered in the order of the key.
  let rowCount: Int
  /// Columns in whose indexes no value, or no group of values, stands twice; the key's left out.
  let uniqueColumns: Set<String>
  private let values: [String: [StoredValue]]
  private let greatest: [String: Int64]

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
    let names = columns.map(\.name) + (declared.isEmpty ? key : [])
    let rows = try raw.rows(
      "SELECT \(names.joined(separator: ", ")) FROM \(name) ORDER BY \(key.joined(separator: ", "))"
    )
    rowCount = rows.count
    values = Dictionary(
      uniqueKeysWithValues: names.enumerated().map { index, name in (name, rows.map { $0[index] }) }
    )
    greatest = values.compactMapValues { $0.compactMap(\.integer).max() }
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

  /// All values of a column, or of the hidden key, row by row.
  func values(_ column: String) -> [StoredValue] { values[column] ?? [] }

  /// The value of a column, or of the hidden key, in one row.
  func value(_ column: String, _ row: Int) -> StoredValue { values(column)[row] }

  /// The greatest integer in a column; 0 if there is none.
  func greatest(_ column: String) -> Int64 { greatest[column] ?? 0 }

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
