internal import SQLite

/// Fresh copies of projections that see the log again, for comparison with what the file has.
package final class ProjectionCopies {
  private struct Copy {
    let type: any Projection.Type
    let projection: any Projection
    /// How far the tables in the file have come: what is after that, the copy doesn't see either.
    let checkpoint: Int64
  }

  private let database: Database
  private let engine: ProjectionEngine
  private var copies: [Copy] = []
  let includesPersonalText: Bool

  /// Empty copies of those of `types` that the file has.
  init(_ store: EventStore, of types: [any Projection.Type]) throws {
    (database, engine) = (store.database, store.projections)
    includesPersonalText = types.contains { $0.keepsPersonalText }
    try engine.flush()
    for type in types {
      try database.makeTemporary(type.tables)
      copies.append(
        Copy(
          type: type, projection: type.init(database, in: .temporary),
          checkpoint: try database.projectionRecord(of: type.name)?.checkpoint ?? 0))
    }
  }

  /// The copy of that type; nil if it is not among these.
  package func projection<P: Projection>(_ type: P.Type) -> P? {
    copies.lazy.compactMap { $0.projection as? P }.first
  }

  /// How far the one that has come furthest has come.
  var lastCheckpoint: Int64 { copies.map(\.checkpoint).max() ?? 0 }

  /// Shows events to the copies that should have seen them. Throws what a projection throws.
  func apply(_ events: [ProjectedEvent], _ log: ReadTransaction) throws {
    for copy in copies {
      for event in events where event.recorded.position <= copy.checkpoint {
        try copy.projection.apply(event, log)
      }
    }
  }

  func flush() throws { for copy in copies { try copy.projection.flush() } }

  /// Throws `StoreProblem` unless every projection is where it should be, with a log that ends at `head`, and
  /// its tables hold what its copy does.
  func check(head: Int64) throws {
    if let problem = try engine.checkpointProblem(head: head) {
      throw StoreProblem(position: nil, problem: problem)
    }
    for copy in copies {
      try forEachDifference(of: copy) { difference in
        throw StoreProblem(
          position: nil,
          problem: "the projection \(copy.type.name) differs from its events in "
            + "\(difference.table): \(difference.summary)")
      }
    }
  }

  /// Calls `body` for every row that differs, projection by projection.
  func forEachDifference(
    _ body: (_ projection: String, RowDifference) throws -> Void
  ) throws {
    for copy in copies { try forEachDifference(of: copy) { try body(copy.type.name, $0) } }
  }

  private func forEachDifference(
    of copy: Copy, _ body: (RowDifference) throws -> Void
  ) throws {
    for table in copy.type.tables {
      if table.isFullText {
        // Reading the terms first: that writes what waits in memory to the index's own tables,
        // <https://sqlite.org/fts5.html>. Of these: the sizes of its rows, its settings, and the averages in
        // row 1 of its data. How its terms are packed is its own affair.
        do {
          try IndexComparison(database, table: table.name).forEachDifference(body)
        } catch let error as DatabaseError where [.damaged, .other].contains(error.kind) {
          throw StoreProblem(
            position: nil, problem: "the index \(table.name) can't be read: \(error.message)")
        }
        try TableComparison(database, table: table.name + "_docsize").forEachDifference(body)
        try TableComparison(database, table: table.name + "_config").forEachDifference(body)
        try TableComparison(database, table: table.name + "_data", where: "id = 1")
          .forEachDifference(body)
      } else {
        try TableComparison(database, table: table.name).forEachDifference(body)
      }
    }
  }
}

/// A row that is other in the file than its events make it.
package struct RowDifference: Hashable, Sendable {
  package let table: String
  /// What the events make of it, column by column; nil if they make no such row.
  package let expected: [Column]?
  /// What the file has; nil if it is missing there.
  package let actual: [Column]?

  package struct Column: Hashable, Sendable {
    package let name: String
    /// As text; nil is NULL.
    package let value: String?
  }

  /// For a sentence: what the file has, or what it lacks.
  var summary: String {
    if let actual { return Self.text(actual) }
    return "missing: " + Self.text(expected ?? [])
  }

  private static func text(_ columns: [Column]) -> String {
    columns.map { "\($0.name)=\($0.value ?? "NULL")" }.joined(separator: " ")
  }
}

/// Compares a table with its copy, row by row.
private struct TableComparison {
  private let database: Database
  private let table: String
  private let rows: String
  private let key: [String]

  /// Compares the rows that meet `condition`.
  init(_ database: Database, table: String, where condition: String = "true") throws {
    (self.database, self.table) = (database, table)
    rows = "\(table) WHERE \(condition)"
    var key: [(place: Int64, name: String)] = []
    try database.forEach("SELECT pk, name FROM pragma_table_info(?, 'temp') WHERE pk > 0", table) {
      key.append(($0.int64(0), $0.text(1)))
    }
    self.key = key.sorted { $0.place < $1.place }.map(\.name)
  }

  func forEachDifference(_ body: (RowDifference) throws -> Void) throws {
    // Equal tables are told apart from others without sorting either.
    try database.forEach(rows(of: "main", notIn: "temp")) { row in
      let actual = row.differenceColumns
      try body(
        RowDifference(table: table, expected: try self.row(like: actual), actual: actual))
    }
    try database.forEach(rows(of: "temp", notIn: "main")) { row in
      let expected = row.differenceColumns
      if try self.row(like: expected, in: "main") == nil {
        try body(RowDifference(table: table, expected: expected, actual: nil))
      }
    }
  }

  private func rows(of schema: String, notIn other: String) -> String {
    """
    SELECT * FROM (SELECT * FROM \(schema).\(rows) EXCEPT SELECT * FROM \(other).\(rows))
     ORDER BY \(key.joined(separator: ", "))
    """
  }

  /// The row with the same key.
  private func row(
    like columns: [RowDifference.Column], in schema: String = "temp"
  ) throws -> [RowDifference.Column]? {
    let values = Dictionary(columns.map { ($0.name, $0.value) }) { first, _ in first }
    let condition = key.map { "\($0) IS ?" }.joined(separator: " AND ")
    let statement = try database.statement("SELECT * FROM \(schema).\(table) WHERE \(condition)")
    defer { statement.reset() }
    // The columns' own affinity makes of the text what it was.
    try statement.bind(all: key.map { (values[$0] ?? nil) })
    return try statement.step() ? statement.row.differenceColumns : nil
  }
}

/// Compares a full-text index with its copy: which term stands where in which row.
private struct IndexComparison {
  private let database: Database
  private let table: String

  init(_ database: Database, table: String) throws {
    (self.database, self.table) = (database, table)
    for schema in ["main", "temp"] {
      try database.execute(
        """
        DROP TABLE IF EXISTS temp.terms_of_\(schema);
        CREATE VIRTUAL TABLE temp.terms_of_\(schema) USING fts5vocab(\(schema), \(table), instance);
        """)
    }
  }

  private struct Term: Hashable, Comparable {
    let term: [UInt8]
    let row: Int64
    let column: String
    let offset: Int64

    init(_ row: Row) {
      term = row.bytes(0)
      self.row = row.int64(1)
      (column, offset) = (row.text(2), row.int64(3))
    }

    static func < (one: Term, other: Term) -> Bool {
      if one.term != other.term { return one.term.lexicographicallyPrecedes(other.term) }
      return (one.row, one.column, one.offset) < (other.row, other.column, other.offset)
    }

    var columns: [RowDifference.Column] {
      [
        .init(name: "term", value: String(decoding: term, as: UTF8.self)),
        .init(name: "rowid", value: "\(row)"), .init(name: "column", value: column),
        .init(name: "offset", value: "\(offset)"),
      ]
    }
  }

  func forEachDifference(_ body: (RowDifference) throws -> Void) throws {
    // Both come in the order of terms, rows, columns and places.
    let (actual, expected) = (try terms(of: "main"), try terms(of: "temp"))
    defer { for statement in [actual, expected] { statement.reset() } }
    var (left, right) = (try next(actual), try next(expected))
    while left != nil || right != nil {
      if let left, let right, left == right {
        // The usual case: nothing to say.
      } else if let term = left, right.map({ term < $0 }) ?? true {
        try body(RowDifference(table: table, expected: nil, actual: term.columns))
        left = try next(actual)
        continue
      } else if let term = right {
        try body(RowDifference(table: table, expected: term.columns, actual: nil))
        right = try next(expected)
        continue
      }
      (left, right) = (try next(actual), try next(expected))
    }
  }

  private func terms(of schema: String) throws -> Statement {
    try database.statement("SELECT term, doc, col, offset FROM temp.terms_of_\(schema)")
  }

  private func next(_ statement: Statement) throws -> Term? {
    try statement.step() ? Term(statement.row) : nil
  }
}

extension Row {
  fileprivate var differenceColumns: [RowDifference.Column] {
    named.map { RowDifference.Column(name: $0.name, value: $0.value) }
  }
}

extension ReadTransaction {
  /// Folds all events afresh into copies of `types`, each as far as it has come, and calls `body` for every
  /// row that differs.
  ///
  /// Throws `StoreFileError.projectionOutdated` if the file lacks one, or has tables of another version.
  package func compareProjections(
    _ types: [any Projection.Type], progress: (_ done: Int64, _ total: Int64) -> Void,
    _ body: (_ projection: String, RowDifference) throws -> Void
  ) throws {
    for type in types {
      guard case .usable = try store.projections.condition(of: type) else {
        throw StoreFileError.projectionOutdated(name: type.name)
      }
    }
    let copies = try ProjectionCopies(store, of: types)
    let head = try head().position
    try forEachRun(
      after: 0, through: copies.lastCheckpoint, eventsPerRun: Self.eventsPerComparedRun,
      includesPersonalText: copies.includesPersonalText
    ) { run in
      try copies.apply(run.events, self)
      progress(run.lastPosition ?? head, head)
    }
    try copies.flush()
    try copies.forEachDifference(body)
  }

  private static var eventsPerComparedRun: Int { 1_024 }
}
