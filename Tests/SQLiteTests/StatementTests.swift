import SQLite
import Testing

@Suite("Statements, prepared once and used again")
struct StatementTests {
  let database: Database

  init() throws {
    database = try Database(path: "", mode: .temporary)
    try database.execute(
      "CREATE TABLE numbers (n INTEGER); INSERT INTO numbers VALUES (1), (2), (3)")
  }

  @Test("the same SQL gives the same statement")
  func reuse() throws {
    let sql = "SELECT n FROM numbers"
    let first = try database.statement(sql)
    #expect(try database.statement(sql) === first)
  }

  @Test("while its rows are being read, the same SQL gives another statement")
  func running() throws {
    let sql = "SELECT n FROM numbers ORDER BY n"
    let outer = try database.statement(sql)
    defer { outer.reset() }
    #expect(try outer.step())
    let inner = try database.statement(sql)
    defer { inner.reset() }
    #expect(inner !== outer)
    #expect(try inner.step())
    #expect(inner.row.int64(0) == 1)
    #expect(try outer.step())
    #expect(outer.row.int64(0) == 2)
  }

  @Test("a query may run inside itself")
  func nested() throws {
    let sql = "SELECT n FROM numbers ORDER BY n"
    var pairs: [[Int64]] = []
    try database.forEach(sql) { outer in
      let left = outer.int64(0)
      try database.forEach(sql) { pairs.append([left, $0.int64(0)]) }
    }
    #expect(
      pairs == [[1, 1], [1, 2], [1, 3], [2, 1], [2, 2], [2, 3], [3, 1], [3, 2], [3, 3]])
  }

  @Test("a query that a reader leaves by an error can be asked again from its start")
  func leftByError() throws {
    struct Stop: Error {}
    let sql = "SELECT n FROM numbers ORDER BY n"
    let first = try database.statement(sql)
    #expect(throws: Stop.self) { try database.forEach(sql) { _ in throw Stop() } }
    #expect(throws: Stop.self) { try database.first(sql) { _ in throw Stop() } }
    #expect(try database.statement(sql) === first)
    #expect(try database.first(sql) { $0.int64(0) } == 1)
  }

  @Test("a statement that failed can be used again")
  func afterFailure() throws {
    try database.execute("CREATE TABLE once (n INTEGER UNIQUE)")
    let sql = "INSERT INTO once VALUES (?)"
    try database.run(sql, 1)
    #expect(throws: DatabaseError.self) { try database.run(sql, 1) }
    try database.run(sql, 2)
    #expect(try database.first("SELECT sum(n) FROM once") { $0.int64(0) } == 3)
  }

  @Test("a statement of which a row failed can be used again, though nobody reset it")
  func failedRow() throws {
    let sql = "SELECT abs(n) FROM numbers WHERE n < ?"
    try database.execute("INSERT INTO numbers VALUES (-9223372036854775808)")
    let statement = try database.statement(sql)
    try statement.bind(0)
    #expect(throws: DatabaseError.self) { try statement.step() }
    try database.execute("DELETE FROM numbers WHERE n < 0")
    #expect(try database.first(sql, 2) { $0.int64(0) } == 1)
  }

  @Test("a statement follows a change of the schema")
  func schemaChange() throws {
    let sql = "SELECT count(*) FROM numbers"
    #expect(try database.first(sql) { $0.int64(0) } == 3)
    try database.execute("DROP TABLE numbers; CREATE TABLE numbers (n INTEGER)")
    #expect(try database.first(sql) { $0.int64(0) } == 0)
  }

  @Test("no row is nil, and a row of NULL is not")
  func first() throws {
    let none = try database.first("SELECT n FROM numbers WHERE n > 9") { $0.optionalInt64(0) }
    let null = try database.first("SELECT max(n) FROM numbers WHERE n > 9") { $0.optionalInt64(0) }
    #expect(none == nil)
    #expect(null == .some(nil))
  }

  @Test("the connection knows whether a transaction is open")
  func transaction() throws {
    #expect(!database.isInTransaction)
    try database.execute("BEGIN")
    #expect(database.isInTransaction)
    try database.execute("ROLLBACK")
    #expect(!database.isInTransaction)
  }
}
