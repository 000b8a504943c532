import CSQLite

/// One connection to an SQLite file.
///
/// Not thread-safe: a connection and its statements belong to one thread at a time.
/// <https://sqlite.org/c3ref/sqlite3.html>
package final class Database {
  /// How a connection opens its file.
  package enum Mode: Sendable {
    /// Reads only; takes part in locking.
    case readOnly
    /// Reads a file that nothing can change meanwhile (read-only media): no locks, no `-shm`.
    case immutable
    /// Reads and writes an existing file.
    case readWrite
    /// Reads and writes; makes the file if it is missing.
    case create
    /// A private database on disk that vanishes with the connection; the path is ignored.
    case temporary
    /// A private database in memory that vanishes with the connection; the path is ignored.
    case memory
  }

  package let path: String
  private let mode: Mode
  let handle: OpaquePointer
  private var statements: [String: Statement] = [:]
  /// Statements whose text is part of the program, by where it stands there.
  private var literals: [UnsafePointer<UInt8>: Statement] = [:]
  private var lockWait: LockWait?

  /// Opens `path`.
  ///
  /// Triggers and views stored in the file never run on this connection, its schema can't call unsafe
  /// functions, and what it says of sizes is checked: the file may come from a stranger.
  package init(path: String, mode: Mode) throws(DatabaseError) {
    _ = Self.countsNoMemory
    var handle: OpaquePointer?
    let code = sqlite3_open_v2(Self.name(of: path, mode), &handle, Self.flags(of: mode), nil)
    guard code == SQLITE_OK, let handle else {
      let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(handle)
      throw DatabaseError(code: code, systemCode: 0, message: message, sql: nil, path: path)
    }
    self.handle = handle
    (self.path, self.mode) = (path, mode)
    sqlite3_extended_result_codes(handle, 1)
    distrustSchema()
    for (limit, value) in Self.limits { sqlite3_limit(handle, limit, value) }
    try execute("PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0")
  }

  deinit {
    statements.removeAll()
    literals.removeAll()
    sqlite3_close_v2(handle)
  }

  /// Whether SQLite no longer counts the memory that it takes, for which its threads would wait for each
  /// other; it still does if this process used it before.
  /// <https://sqlite.org/c3ref/c_config_covering_index_scan.html#sqliteconfigmemstatus>
  private static let countsNoMemory = csqlite_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK

  private func distrustSchema() {
    _ = csqlite_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0)
    _ = csqlite_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0)
    _ = csqlite_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1)
    _ = csqlite_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    _ = csqlite_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0)
  }

  /// How much a file may ask for, each far above what we do. <https://sqlite.org/security.html>
  static let limits: [(limit: Int32, value: Int32)] = [
    // Bytes of a row or a value: a line of an exported ledger may have 64 MiB.
    (SQLITE_LIMIT_LENGTH, 256 << 20),
    // Bytes of a statement, those of the schema too.
    (SQLITE_LIMIT_SQL_LENGTH, 1 << 20),
    (SQLITE_LIMIT_COLUMN, 100),
    (SQLITE_LIMIT_EXPR_DEPTH, 100),
    (SQLITE_LIMIT_COMPOUND_SELECT, 20),
    (SQLITE_LIMIT_VDBE_OP, 100_000),
    (SQLITE_LIMIT_FUNCTION_ARG, 32),
    // VACUUM INTO needs one.
    (SQLITE_LIMIT_ATTACHED, 1),
    (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000),
    (SQLITE_LIMIT_TRIGGER_DEPTH, 1),
    (SQLITE_LIMIT_WORKER_THREADS, 0),
  ]

  /// Runs `body` while SQL may change what SQLite itself keeps: its table of the schema, and those in which
  /// an index has its data.
  package func undefended<Result>(_ body: () throws -> Result) rethrows -> Result {
    _ = csqlite_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 0)
    defer { _ = csqlite_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1) }
    return try body()
  }

  /// Waits up to `milliseconds` for a lock before failing with `busy`.
  package func setBusyTimeout(milliseconds: Int) {
    let wait = LockWait(longest: .milliseconds(milliseconds))
    wait.install(on: handle)
    lockWait = wait
  }

  /// Runs one or more statements that take no values and whose rows nobody wants.
  package func execute(_ sql: String) throws(DatabaseError) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code, sql) }
  }

  /// The statement for `sql`, prepared once per connection.
  ///
  /// Asked for again while its rows are still being read, a second one is prepared.
  package func statement(_ sql: String) throws(DatabaseError) -> Statement {
    if let cached = statements[sql], !cached.isRunning { return cached }
    let fresh = try Statement(sql, on: self)
    if statements[sql] == nil { statements[sql] = fresh }
    return fresh
  }

  /// The statement for `sql`, prepared once per connection; not for one whose rows are still being read.
  package func statement(literal sql: StaticString) throws(DatabaseError) -> Statement {
    if let known = literals[sql.utf8Start] { return known }
    let fresh = try Statement("\(sql)", on: self)
    literals[sql.utf8Start] = fresh
    return fresh
  }

  /// Runs `sql` to its end with `values` bound in order.
  package func run<each Value: Bindable>(
    _ sql: String, _ values: repeat each Value
  ) throws(DatabaseError) {
    try statement(sql).run(repeat each values)
  }

  /// What `read` makes of the first row, or nil if there is none.
  package func first<each Value: Bindable, Result>(
    _ sql: String, _ values: repeat each Value, read: (Row) throws -> Result
  ) throws -> Result? {
    let statement = try statement(sql)
    defer { statement.reset() }
    try statement.bind(repeat each values)
    return try statement.step() ? try read(statement.row) : nil
  }

  /// Calls `read` for every row in the order of the query.
  package func forEach<each Value: Bindable>(
    _ sql: String, _ values: repeat each Value, read: (Row) throws -> Void
  ) throws {
    let statement = try statement(sql)
    defer { statement.reset() }
    try statement.bind(repeat each values)
    while try statement.step() { try read(statement.row) }
  }

  /// Whether a transaction is open.
  package var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// How another connection that only reads can be opened to the same file; nil if there is no file, or
  /// if this connection is writing and so sees what others don't.
  package var sibling: Sibling? {
    guard sqlite3_txn_state(handle, "main") != SQLITE_TXN_WRITE else { return nil }
    switch mode {
    case .temporary, .memory: return nil
    case .immutable: return Sibling(path: path, mode: .immutable)
    case .readOnly, .readWrite, .create: return Sibling(path: path, mode: .readOnly)
    }
  }

  /// A connection that is not open yet.
  package struct Sibling: Sendable {
    fileprivate let path: String
    fileprivate let mode: Mode

    /// The connection, for the thread that calls, in a transaction of its own.
    package func open(cacheKibibytes: Int) throws(DatabaseError) -> Database {
      let database = try Database(path: path, mode: mode)
      try database.execute("PRAGMA cache_size = -\(cacheKibibytes); BEGIN")
      return database
    }
  }

  func error(_ code: Int32, _ sql: String?) -> DatabaseError {
    DatabaseError(
      code: code, systemCode: code & 0xFF == SQLITE_IOERR ? csqlite_system_errno(handle) : 0,
      message: message(code), sql: sql, path: path)
  }

  /// What SQLite says about the failure. Of a schema that can't be read it quotes a name, in parentheses, and
  /// what comes after: any text that stands in the file, of any length. That is left out.
  private func message(_ code: Int32) -> String {
    let message = String(cString: sqlite3_errmsg(handle))
    guard code & 0xFF == SQLITE_CORRUPT else { return message }
    return message.split(separator: " (", maxSplits: 1).first.map { String($0) } ?? message
  }

  private static func flags(of mode: Mode) -> Int32 {
    switch mode {
    case .readOnly: SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX
    case .immutable: SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI
    case .readWrite: SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
    case .create, .temporary, .memory:
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
    }
  }

  private static func name(of path: String, _ mode: Mode) -> String {
    switch mode {
    case .temporary: ""
    case .memory: ":memory:"
    // An empty authority first: a path may begin with two slashes.
    case .immutable: "file:\(path.hasPrefix("/") ? "//" : "")\(percentEncoded(path))?immutable=1"
    // A leading "./" keeps names such as ":memory:" or "file:x" plain file names.
    case .readOnly, .readWrite, .create: path.hasPrefix("/") ? path : "./\(path)"
    }
  }

  /// `path` with everything that a URI could misread as `%XX`.
  private static func percentEncoded(_ path: String) -> String {
    let plain = path.utf8.map { byte -> String in
      let scalar = UnicodeScalar(byte)
      let isPlain =
        (scalar.isASCII && scalar.properties.isAlphabetic)
        || (0x30...0x39).contains(byte) || "/._-".utf8.contains(byte)
      let hex = String(byte, radix: 16, uppercase: true)
      return isPlain ? String(scalar) : "%" + (byte < 16 ? "0" : "") + hex
    }
    return plain.joined()
  }
}
