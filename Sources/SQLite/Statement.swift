import CSQLite

/// A prepared statement: bind, step, read rows, reset.
/// <https://sqlite.org/c3ref/stmt.html>
package final class Statement {
  fileprivate let pointer: OpaquePointer
  // Unowned: the connection keeps its cached statements, and nobody keeps a statement for longer.
  fileprivate unowned let database: Database
  fileprivate let sql: String

  init(_ sql: String, on database: Database) throws(DatabaseError) {
    var pointer: OpaquePointer?
    let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
    let code = sqlite3_prepare_v3(database.handle, sql, -1, flags, &pointer, nil)
    guard code == SQLITE_OK, let pointer else { throw database.error(code, sql) }
    self.pointer = pointer
    self.database = database
    self.sql = sql
  }

  deinit { sqlite3_finalize(pointer) }

  /// Whether rows of an earlier use are still being read.
  var isRunning: Bool { sqlite3_stmt_busy(pointer) != 0 }

  /// The current row, valid until the next `step` or `reset`.
  package var row: Row { Row(pointer: pointer) }

  /// Binds `values` to the parameters in order.
  package func bind<each Value: Bindable>(_ values: repeat each Value) throws(DatabaseError) {
    var index: Int32 = 1
    var code = SQLITE_OK
    func bind(_ value: some Bindable) {
      code |= value.bind(to: pointer, at: index)
      index += 1
    }
    // Not in a loop, for which Swift would look up the type of all values together each time.
    repeat bind(each values)
    guard code == SQLITE_OK else { throw database.error(code, sql) }
  }

  /// Has `bind` give values to the parameters in order.
  package func bind(_ bind: (inout Binder) -> Void) throws(DatabaseError) {
    var binder = Binder(pointer)
    bind(&binder)
    guard binder.code == SQLITE_OK else { throw database.error(binder.code, sql) }
  }

  /// Moves to the next row; false at the end. A failure ends the current use, like `reset`: the next who
  /// asks for the statement may bind it.
  package func step() throws(DatabaseError) -> Bool {
    switch sqlite3_step(pointer) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code:
      defer { reset() }
      throw database.error(code, sql)
    }
  }

  /// Ends the current use, so that the statement can be bound again.
  package func reset() {
    sqlite3_reset(pointer)
  }

  /// Binds, runs to the end and resets.
  package func run<each Value: Bindable>(_ values: repeat each Value) throws(DatabaseError) {
    defer { reset() }
    try bind(repeat each values)
    while try step() {}
  }

  /// What `read` makes of the first row, or nil if there is none; `bind` gives values to the parameters in
  /// order.
  package func first<Result>(
    _ bind: (inout Binder) -> Void, read: (Row) throws -> Result
  ) throws -> Result? {
    defer { reset() }
    try self.bind(bind)
    return try step() ? try read(row) : nil
  }

  /// Has `bind` give values to the parameters in order, runs to the end and resets.
  package func run(_ bind: (inout Binder) -> Void) throws(DatabaseError) {
    defer { reset() }
    try self.bind(bind)
    while try step() {}
  }
}

extension Statement {
  /// Binds a list of values to the parameters in order.
  package func bind(all values: [any Bindable]) throws(DatabaseError) {
    for (index, value) in values.enumerated() {
      let code = value.bind(to: pointer, at: Int32(index + 1))
      guard code == SQLITE_OK else { throw database.error(code, sql) }
    }
  }
}
