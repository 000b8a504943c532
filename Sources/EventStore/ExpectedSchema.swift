internal import SQLite
import Synchronization

/// The tables, views and triggers that a store must have, and no others.
enum ExpectedSchema {
  /// By the statements that make it: the same for every file that a process verifies.
  private static let known = Mutex<[[String]: [String: String]]>([:])

  /// Throws `StoreProblem` for the first difference, and `StoreFileError` if the tables of a projection are
  /// those of an older version.
  static func check(_ store: EventStore) throws {
    let wanted = try expected(
      StoreSchema.statements
        + store.projections.stored.flatMap { $0.tables.map(\.storedDefinition) })
    let found = try read(from: store.database)
    guard found != wanted else { return }
    if let name = try? store.projections.outdated() {
      throw StoreFileError.projectionOutdated(name: name)
    }
    for (name, sql) in wanted.sorted(by: { $0.key < $1.key }) where found[name] != sql {
      let state = found[name] == nil ? "is missing" : "was changed"
      throw StoreProblem(position: nil, problem: "the \(name) \(state)")
    }
    for name in found.keys.sorted() where wanted[name] == nil {
      throw StoreProblem(position: nil, problem: "the \(name) does not belong to a ledger")
    }
  }

  private static func expected(_ statements: [String]) throws -> [String: String] {
    if let schema = known.withLock({ $0[statements] }) { return schema }
    let database = try Database(path: "", mode: .memory)
    for statement in statements { try database.execute(statement) }
    let schema = try read(from: database)
    known.withLock { $0[statements] = schema }
    return schema
  }

  /// The tables of SQLite's ANALYZE, which anybody may run: <https://sqlite.org/fileformat2.html>.
  private static let statistics = [
    "sqlite_stat1": "CREATE TABLE sqlite_stat1(tbl,idx,stat)",
    "sqlite_stat4": "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)",
  ]

  /// What `sqlite_schema` says, by type and name, and whether that has pages of its own; SQLite's own statistics tables left out, and the tables
  /// of rebuilds, which nobody reads.
  private static func read(from database: Database) throws -> [String: String] {
    var schema: [String: String] = [:]
    try database.forEach("SELECT type, name, tbl_name, sql, rootpage FROM sqlite_schema") { row in
      let (type, name, table) = (row.text(0), row.text(1), row.text(2))
      if type == "table", statistics[name] == row.text(3) { return }
      if type == "table" || type == "index", RebuildTables.has(table) { return }
      let pages = row.int64(4) == 0 ? "" : " on pages"
      schema["\(type) '\(name)'"] =
        "\(table)\(pages): \(StoredTables.normalised(row.text(3), of: name))"
    }
    return schema
  }
}
