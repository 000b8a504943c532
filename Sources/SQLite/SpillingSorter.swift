/// Sorts any number of rows in flat memory: SQLite's own sorter spills to a temporary file.
package final class SpillingSorter {
  private let database: Database
  private let insert: Statement
  private var rows: Statement?
  private var isAtEnd = false

  /// Throws if the system has no room for temporary files.
  package init() throws(DatabaseError) {
    database = try Database(path: "temporary file", mode: .temporary)
    try database.execute("PRAGMA journal_mode = OFF")
    try database.execute("CREATE TABLE rows (first INT, second INT, third INT, payload BLOB)")
    insert = try database.statement("INSERT INTO rows VALUES (?, ?, ?, ?)")
    try database.execute("BEGIN")
  }

  package func add(key first: Int64, _ second: Int64, _ third: Int64, _ payload: [UInt8])
    throws(DatabaseError)
  {
    try insert.run(first, second, third, payload)
  }

  /// The next payload in the order of the three keys, nil after the last; `add` no more once asked.
  package func next() throws(DatabaseError) -> [UInt8]? {
    guard !isAtEnd else { return nil }
    let rows: Statement
    if let running = self.rows {
      rows = running
    } else {
      rows = try database.statement("SELECT payload FROM rows ORDER BY first, second, third")
      self.rows = rows
    }
    isAtEnd = try !rows.step()
    return isAtEnd ? nil : rows.row.bytes(0)
  }
}

/// Counts how often each key was seen, in flat memory.
package final class SpillingCounter {
  private let database: Database

  /// Throws if the system has no room for temporary files.
  package init() throws(DatabaseError) {
    database = try Database(path: "temporary file", mode: .temporary)
    try database.execute("PRAGMA journal_mode = OFF")
    try database.execute("CREATE TABLE seen (key BLOB PRIMARY KEY, times INT) WITHOUT ROWID")
    try database.execute("BEGIN")
  }

  /// How often `key` has been seen now: 1 the first time.
  package func count(_ key: [UInt8]) throws -> Int64 {
    try database.first(
      """
      INSERT INTO seen VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET times = times + 1
      RETURNING times
      """, key
    ) { $0.int64(0) } ?? 1
  }
}
