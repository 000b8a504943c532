internal import SQLite

/// Keeps the inline projections of a store at the head of the log, and knows where each projection's
/// tables say what the log says.
final class ProjectionEngine {
  /// Those that have tables in the file.
  let stored: [any Projection.Type]
  private let inline: [any Projection.Type]
  private let database: Database
  /// The inline projections, while this connection writes.
  private var running: [any Projection]?
  private var savedCheckpoint: Int64?
  /// Nil without inline projections.
  private let saveCheckpoint: String?
  private var knownTables: KnownTables?
  /// Whether the schema is still to be looked at in this transaction.
  private var isSchemaUnseen = true

  /// The definition of every table in the file, by name, and under which version of the schema.
  private struct KnownTables {
    let definitions: [String: String]
    let schemaVersion: Int64
    /// Projections whose tables are all there, and as this program defines them.
    var intact: Set<String> = []
  }

  init(_ configuration: EventStore.Configuration, _ database: Database) {
    stored = configuration.projections.filter { $0.lifecycle != .live }
    inline = stored.filter { $0.lifecycle == .inline }
    // Not of all that are inline in the file: another version of the program may have others.
    // CASE, as for IN SQLite makes a table of the names each time.
    let names = inline.map { "WHEN '\($0.name)' THEN 1" }.joined(separator: " ")
    saveCheckpoint =
      names.isEmpty ? nil : "UPDATE projections SET checkpoint = ? WHERE CASE name \(names) END"
    self.database = database
  }

  /// To be called once a transaction was taken back: what it had read of the schema may never have been.
  func forget() {
    running = nil
    knownTables = nil
  }

  /// To be called once others have written.
  func refresh() {
    running = nil
    isSchemaUnseen = true
  }

  // MARK: What the file has

  /// What the file has of a projection.
  enum Condition {
    /// Tables of this program's making.
    case usable(ProjectionRecord)
    /// Nothing, or not everything.
    case missing
    /// Tables that an older version of the program made, or somebody changed.
    case outdated(why: String)
  }

  /// Throws `StoreFileError.projectionTooNew` if a later version of the program made the tables.
  func condition(of type: any Projection.Type) throws -> Condition {
    let record = try database.projectionRecord(of: type.name)
    if let record, record.version > type.version {
      throw StoreFileError.projectionTooNew(
        name: type.name, version: record.version, newestKnown: type.version)
    }
    let tables = try tables()
    guard let record, type.tables.allSatisfy({ tables.definitions[$0.name] != nil }) else {
      return .missing
    }
    if record.version < type.version {
      return .outdated(why: "version \(record.version) made it, and this is \(type.version)")
    }
    guard record.lifecycle == type.lifecycle.rawValue else {
      return .outdated(why: "it was \(record.lifecycle), and is \(type.lifecycle) now")
    }
    guard record.checkpoint == 0 || LogBounds.numbers.contains(record.checkpoint) else {
      return .outdated(why: "its checkpoint is \(record.checkpoint)")
    }
    guard !tables.intact.contains(type.name) else { return .usable(record) }
    for table in type.tables where tables.definitions[table.name] != table.storedDefinition {
      return .outdated(why: "its table \(table.name) is defined in another way now")
    }
    knownTables?.intact.insert(type.name)
    return .usable(record)
  }

  /// The tables in the file, read again only if its schema has changed.
  /// <https://sqlite.org/pragma.html#pragma_schema_version>
  private func tables() throws -> KnownTables {
    if let knownTables, !isSchemaUnseen { return knownTables }
    let version = try database.first("PRAGMA schema_version") { $0.int64(0) } ?? 0
    isSchemaUnseen = false
    if let knownTables, knownTables.schemaVersion == version { return knownTables }
    let tables = KnownTables(
      definitions: try StoredTables.definitions(in: database), schemaVersion: version)
    knownTables = tables
    return tables
  }

  /// The first projection whose tables an older version of the program made, or of which it left nothing
  /// as it didn't know it; nil if none.
  func outdated() throws -> String? {
    guard try tables().definitions["projections"] != nil else { return nil }
    return try stored.first { type in
      guard let record = try database.projectionRecord(of: type.name) else {
        return try !type.tables.contains { try tables().definitions[$0.name] != nil }
      }
      return record.version < type.version || record.lifecycle != type.lifecycle.rawValue
    }?.name
  }

  // MARK: Writing

  /// Makes the tables of all projections in an empty store.
  func createAll() throws {
    for type in stored { try create(type, checkpoint: 0) }
  }

  /// Makes the tables of `type` anew, empty.
  func create(_ type: any Projection.Type, checkpoint: Int64) throws {
    try database.make(type.tables, in: .main)
    isSchemaUnseen = true
    try database.record(type, checkpoint: checkpoint)
  }

  /// Before a transaction writes: rebuilds the inline projections that are missing, outdated or behind,
  /// and empties the deferred ones that are outdated, which fill again before they answer.
  func bringUpToDate(_ transaction: WriteTransaction) throws {
    guard running == nil else { return }
    let head = transaction.head.position
    var behind: [any Projection.Type] = []
    for type in stored {
      switch try condition(of: type) {
      case .usable(let record):
        if type.lifecycle == .inline, record.checkpoint != head { behind.append(type) }
      case .missing:
        if type.lifecycle == .inline {
          behind.append(type)
        } else {
          try create(type, checkpoint: 0)
        }
      case .outdated(let why):
        transaction.store.report(.projectionOutdated(name: type.name, why: why))
        if type.lifecycle == .inline {
          behind.append(type)
        } else {
          try create(type, checkpoint: 0)
        }
      }
    }
    try rebuildAtOnce(behind, through: head, transaction.log)
    running = inline.map { $0.init(database, in: .main) }
    savedCheckpoint = head
  }

  private func rebuildAtOnce(
    _ types: [any Projection.Type], through head: Int64, _ log: ReadTransaction
  ) throws {
    guard !types.isEmpty else { return }
    for type in types { try create(type, checkpoint: head) }
    do {
      try ProjectionFold(types, database, in: .main).fold(after: 0, through: head, log)
    } catch let failure as ProjectionFailure {
      throw failure.cause
    }
  }

  /// Shows an event that was just recorded to the inline projections.
  func apply(_ event: ProjectedEvent, _ log: ReadTransaction) throws {
    for projection in current { try projection.apply(event, log) }
  }

  /// The inline projections of a write transaction.
  private var current: [any Projection] {
    guard let running else {
      preconditionFailure("a write transaction brings projections up first")
    }
    return running
  }

  /// The inline projection of that type, as the events so far have left it.
  func running<P: Projection>(_ type: P.Type) -> P {
    for projection in current {
      if let projection = projection as? P { return projection }
    }
    preconditionFailure("the store was opened without the inline projection \(P.name)")
  }

  /// Writes what the running projections keep in memory.
  func flush() throws {
    for projection in running ?? [] { try projection.flush() }
  }

  /// Records that every inline projection has seen everything up to `position`.
  func saveCheckpoints(_ position: Int64) throws {
    guard position != savedCheckpoint, let saveCheckpoint else { return }
    try database.run(saveCheckpoint, position)
    savedCheckpoint = position
  }

  /// Empties whatever may hold a text that was just erased: tables that keep personal text, and those of
  /// rebuilds under way, which begin again.
  func forgetPersonalText() throws {
    for type in stored where type.keepsPersonalText { try create(type, checkpoint: 0) }
    try database.dropRebuilds()
    isSchemaUnseen = true
  }

  // MARK: Reading

  /// Whether the tables of `type` in the file have seen everything up to `position`.
  func answers(_ type: any Projection.Type, through position: Int64) throws -> Bool {
    // What runs has seen everything, and is forgotten once others write.
    if running != nil, type.lifecycle == .inline { return true }
    guard type.lifecycle != .live, case .usable(let record) = try condition(of: type) else {
      return false
    }
    return record.checkpoint >= position
  }

  /// Whether the file has anything of `type`: a program that didn't know it has left nothing.
  func has(_ type: any Projection.Type) throws -> Bool {
    if running != nil { return true }
    return try database.projectionRecord(of: type.name) != nil
      || type.tables.contains { try tables().definitions[$0.name] != nil }
  }

  /// What is wrong with how far the projections have come; nil if the inline ones are at `head`, and no
  /// deferred one is beyond.
  func checkpointProblem(head: Int64) throws -> String? {
    let known = Set(stored.map { $0.name })
    var stray: String?
    try database.forEach("SELECT name FROM projections") { row in
      if !known.contains(row.text(0)) { stray = row.text(0) }
    }
    if let stray { return "the projection \(stray) is unknown to this version" }
    for type in stored {
      if let problem = try checkpointProblem(of: type, head: head) {
        return "projection \(type.name) " + problem
      }
    }
    return nil
  }

  private func checkpointProblem(of type: any Projection.Type, head: Int64) throws -> String? {
    switch try condition(of: type) {
    case .missing: return "is missing"
    case .outdated(let why): return "is outdated: \(why)"
    case .usable(let record):
      let isInPlace =
        type.lifecycle == .inline ? record.checkpoint == head : record.checkpoint <= head
      if isInPlace { return nil }
      return "is at checkpoint \(record.checkpoint); the log ends at \(head)"
    }
  }
}
