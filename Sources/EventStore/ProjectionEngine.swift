internal import SQLite

/// Keeps the projections of a store at the head of the log.
final class ProjectionEngine {
  private let types: [any Projection.Type]
  private let decode: (RecordedEvent) throws -> AnyObject?
  private let database: Database
  private var running: [any Projection]?
  private var savedCheckpoint: Int64?
  /// Names of projections whose tables are known to be there.
  private var present: Set<String> = []

  init(_ configuration: EventStore.Configuration, _ database: Database) {
    types = configuration.projections
    decode = configuration.decode
    self.database = database
  }

  func forget() {
    running = nil
    present.removeAll()
  }

  /// Makes the tables of all projections in an empty store.
  func createAll() throws {
    for type in types { try create(type, checkpoint: 0) }
  }

  private func create(_ type: any Projection.Type, checkpoint: Int64) throws {
    for table in type.tables {
      try database.execute("DROP TABLE IF EXISTS main.\(table.name)")
      try database.execute(table.creation(in: .main))
    }
    try database.run(
      "INSERT OR REPLACE INTO projections (name, version, checkpoint) VALUES (?, ?, ?)",
      type.name, type.version, checkpoint)
  }

  /// The first projection whose tables an older version of the program made, or of which it left nothing
  /// as it didn't know it; nil if none.
  func outdated() throws -> String? {
    guard try hasTable("projections") else { return nil }
    for type in types {
      let version = try database.first(
        "SELECT version FROM projections WHERE name = ?", type.name
      ) { $0.int64(0) }
      if let version {
        if version < type.version { return type.name }
      } else if try !type.tables.contains(where: { try hasTable($0.name) }) {
        return type.name
      }
    }
    return nil
  }

  /// Rebuilds what is missing, of an older version or behind, before a transaction writes.
  func bringUpToDate(_ transaction: WriteTransaction) throws {
    guard running == nil else { return }
    for type in types {
      let state = try state(of: type)
      if state?.version != type.version || state?.checkpoint != transaction.head.position {
        try create(type, checkpoint: transaction.head.position)
        try replay(type, into: .main, transaction.log)
      }
    }
    running = types.map { $0.init(database, in: .main) }
    savedCheckpoint = transaction.head.position
  }

  func apply(_ event: RecordedEvent, _ log: ReadTransaction) throws {
    try apply(event, to: current, log)
  }

  private func apply(
    _ recorded: RecordedEvent, to projections: [any Projection], _ log: ReadTransaction
  ) throws {
    let event = ProjectedEvent(recorded, content: try decode(recorded))
    for projection in projections { try projection.apply(event, log) }
  }

  /// The projections of a write transaction.
  private var current: [any Projection] {
    guard let running else {
      preconditionFailure("a write transaction brings projections up first")
    }
    return running
  }

  /// The projection of that type, as the events so far have left it.
  func running<P: Projection>(_ type: P.Type) -> P {
    guard let projection = current.lazy.compactMap({ $0 as? P }).first else {
      preconditionFailure("the store was opened without the projection \(P.name)")
    }
    return projection
  }

  /// Writes what the running projections keep in memory.
  func flush() throws {
    for projection in running ?? [] { try projection.flush() }
  }

  /// Records that every projection has seen everything up to `position`.
  func saveCheckpoints(_ position: Int64) throws {
    guard position != savedCheckpoint else { return }
    for type in types {
      try database.run(
        "UPDATE projections SET checkpoint = ? WHERE name = ?", position, type.name)
    }
    savedCheckpoint = position
  }

  /// Throws unless the tables of `type` say what the log up to `head` says.
  func requireCurrent(_ type: any Projection.Type, head: Int64) throws {
    guard try isCurrent(type, head: head) else {
      throw StoreFileError.projectionOutdated(name: type.name)
    }
  }

  private func isCurrent(_ type: any Projection.Type, head: Int64) throws -> Bool {
    // What runs has seen everything, and is forgotten once others write.
    guard running == nil else { return true }
    guard let state = try state(of: type) else { return false }
    return state.version == type.version && state.checkpoint == head
  }

  /// Where the tables of `type` say what `log` says: in the file, or a copy that is made now, where the file's own lag behind.
  func place(of type: any Projection.Type, _ log: ReadTransaction) throws -> TablePlace {
    if try isCurrent(type, head: try log.head().position) { return .main }
    try makeCopy(of: type)
    try replay(type, into: .temporary, log)
    return .temporary
  }

  /// Nil if the projection was never made, or has lost a table.
  private func state(
    of type: any Projection.Type
  ) throws -> (version: Int64, checkpoint: Int64)? {
    let state = try database.first(
      "SELECT version, checkpoint FROM projections WHERE name = ?", type.name
    ) { (version: $0.int64(0), checkpoint: $0.int64(1)) }
    if let state, state.version > type.version {
      throw StoreFileError.projectionTooNew(
        name: type.name, version: state.version, newestKnown: type.version)
    }
    return try hasTables(type) ? state : nil
  }

  /// Whether the file has anything of `type`: a program that didn't know it has left nothing.
  func has(_ type: any Projection.Type) throws -> Bool {
    if running != nil { return true }
    let rows = try database.first(
      "SELECT count(*) FROM projections WHERE name = ?", type.name
    ) { $0.int64(0) }
    return try rows != 0 || type.tables.contains { try hasTable($0.name) }
  }

  private func hasTables(_ type: any Projection.Type) throws -> Bool {
    if present.contains(type.name) { return true }
    guard try type.tables.allSatisfy({ try hasTable($0.name) }) else { return false }
    present.insert(type.name)
    return true
  }

  private func hasTable(_ table: String, in schema: String = "main") throws -> Bool {
    try database.first(
      "SELECT count(*) FROM \(schema).sqlite_schema WHERE type = 'table' AND name = ?", table
    ) { $0.int64(0) == 1 } ?? false
  }

  private func replay(
    _ type: any Projection.Type, into place: TablePlace, _ log: ReadTransaction
  ) throws {
    let projection = type.init(database, in: place)
    var query = EventQuery()
    query.includesPersonalText = type.keepsPersonalText
    try log.forEachEvent(query) { try apply($0, to: [projection], log) }
    try projection.flush()
  }

  // MARK: Verification

  /// Fresh, empty copies of all projections in `temp`, to be compared once they have seen the log.
  func makeCopies() throws -> [any Projection] {
    try flush()
    for type in types { try makeCopy(of: type) }
    return types.map { $0.init(database, in: .temporary) }
  }

  private func makeCopy(of type: any Projection.Type) throws {
    // While a statement reads, no table can be dropped.
    guard try !type.tables.allSatisfy({ try hasTable($0.name, in: "temp") }) else {
      for table in type.tables { try database.execute("DELETE FROM temp.\(table.name)") }
      return
    }
    for table in type.tables {
      try database.execute("DROP TABLE IF EXISTS temp.\(table.name)")
      try database.execute(table.creation(in: .temporary))
    }
  }

  /// Throws `StoreProblem` unless every projection is at `head` and its tables hold what its copy does.
  func checkCopies(head: Int64) throws {
    if let problem = try checkpointProblem(head: head) {
      throw StoreProblem(position: nil, problem: problem)
    }
    for type in types {
      for table in type.tables.map(\.name) {
        if let difference = try firstDifference(in: table) {
          throw StoreProblem(
            position: nil,
            problem: "the projection \(type.name) differs from its events in "
              + "\(table): \(difference)")
        }
      }
    }
  }

  /// The first row in which a table and its fresh copy differ; nil if none does.
  private func firstDifference(in table: String) throws -> String? {
    for (left, right) in [("main", "temp"), ("temp", "main")] {
      let row = try database.first(
        "SELECT * FROM \(left).\(table) EXCEPT SELECT * FROM \(right).\(table) LIMIT 1"
      ) { row in row.summary }
      if let row { return left == "main" ? row : "missing: " + row }
    }
    return nil
  }

  /// Problems with the checkpoints themselves.
  func checkpointProblem(head: Int64) throws -> String? {
    let known = Set(types.map { $0.name })
    var stray: String?
    try database.forEach("SELECT name FROM projections") { row in
      if !known.contains(row.text(0)) { stray = row.text(0) }
    }
    if let stray { return "the projection \(stray) is unknown to this version" }
    for type in types {
      guard let state = try state(of: type) else { return "projection \(type.name) is missing" }
      guard state.version == type.version, state.checkpoint == head else {
        return "projection \(type.name) is at version \(state.version), "
          + "checkpoint \(state.checkpoint); expected \(type.version) and \(head)"
      }
    }
    return nil
  }
}
