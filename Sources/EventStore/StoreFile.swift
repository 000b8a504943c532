internal import SQLite

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Opening and making the file itself.
enum StoreFile {
  // Larger pages and a longer log make bulk writes twice as fast; a cache of 32 MiB is as fast as any.
  private static let pageBytes = 8_192
  static let cacheKibibytes = 16_384
  static let logPagesBeforeCheckpoint = 2_000
  /// What the log may keep when it begins anew: more than it gets where nobody reads for long, so that it
  /// is cut only after that, and not at every checkpoint. <https://sqlite.org/pragma.html#pragma_journal_size_limit>
  static let logBytesKept: Int64 = 33_554_432

  // MARK: Opening

  /// A connection to a store, and whether its file was just brought to the current format.
  static func connection(
    to path: String, _ access: EventStore.Access, _ configuration: EventStore.Configuration
  ) throws -> (Database, isMigrated: Bool) {
    try checkKind(of: path)
    do {
      switch access {
      case .readWrite:
        let database = try connect(path, .readWrite, configuration)
        let format = try format(of: database)
        if format < StoreSchema.format {
          guard configuration.migrates else {
            throw StoreFileError.tooOld(path: path, format: format, current: StoreSchema.format)
          }
          try StoreMigration.run(on: database).map(configuration.onNotice)
        }
        try checkTables(of: database)
        try database.execute("PRAGMA synchronous = \(configuration.durability.pragma)")
        try database.execute("PRAGMA wal_autocheckpoint = \(logPagesBeforeCheckpoint)")
        try database.execute("PRAGMA journal_size_limit = \(logBytesKept)")
        // A page that is freed may have held personal text.
        try database.execute("PRAGMA secure_delete = ON")
        return (database, format < StoreSchema.format)
      case .readOnly:
        let database = try connectReadOnly(path, configuration)
        let format = try format(of: database)
        guard format == StoreSchema.format else {
          throw StoreFileError.tooOld(path: path, format: format, current: StoreSchema.format)
        }
        try checkTables(of: database)
        return (database, false)
      }
    } catch let error as DatabaseError {
      throw storeFileError(for: error, path) ?? error
    }
  }

  /// Refuses what can't be a store before SQLite looks at it.
  static func checkKind(of path: String) throws(StoreFileError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      // Without permission to look, SQLite's own attempt gives the right error.
      if errno == ENOENT || errno == ENOTDIR { throw .missing(path: path) }
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .notAStore(path: path, found: "a directory")
    default: throw .notAStore(path: path, found: "a special file")
    }
    guard status.st_size > 0 else { throw .notAStore(path: path, found: "an empty file") }
  }

  private static func connect(
    _ path: String, _ mode: Database.Mode, _ configuration: EventStore.Configuration
  ) throws -> Database {
    let database = try Database(path: path, mode: mode)
    database.setBusyTimeout(milliseconds: configuration.busyTimeoutMilliseconds)
    try checkHeader(of: database, configuration)
    try database.execute("PRAGMA cache_size = -\(cacheKibibytes)")
    return database
  }

  /// On read-only media SQLite can't make the `-shm` file that it shares with writers. Nothing can
  /// write there, so the file may be read as it is, if no `-wal` holds more.
  static func connectReadOnly(
    _ path: String, _ configuration: EventStore.Configuration
  ) throws -> Database {
    do {
      return try connect(path, .readOnly, configuration)
    } catch let error as DatabaseError where error.kind == .cannotOpen || error.kind == .readOnly {
      guard access(path, R_OK) == 0 else { throw error }
      var status = stat()
      let hasLog = stat(path + "-wal", &status) == 0 && status.st_size > 0
      guard !hasLog else { throw StoreFileError.unreadableLog(path: path) }
      return try connect(path, .immutable, configuration)
    }
  }

  private static func checkHeader(
    of database: Database, _ configuration: EventStore.Configuration
  ) throws {
    let path = database.path
    // The first read of the file itself: finds out whether it is a database at all.
    let tables = try database.first("SELECT count(*) FROM sqlite_schema") { $0.int64(0) }
    let application = try database.first("PRAGMA application_id") { $0.int64(0) }
    guard application == Int64(configuration.applicationID) else {
      let found = tables == 0 ? "an empty database" : "another application's SQLite file"
      throw StoreFileError.notAStore(path: path, found: found)
    }
    let format = try format(of: database)
    guard format <= StoreSchema.format else {
      throw StoreFileError.tooNew(path: path, format: format, newestKnown: StoreSchema.format)
    }
    guard format >= 1 else {
      throw StoreFileError.damaged(
        path: path, position: nil, problem: "the file says format \(format), which never existed")
    }
  }

  /// Refuses a file that has lost a table: the first statement about it would fail without a clue.
  private static func checkTables(of database: Database) throws {
    var names: Set<String> = []
    try database.forEach("SELECT name FROM sqlite_schema WHERE type = 'table'") {
      names.insert($0.text(0))
    }
    for table in StoreSchema.tableNames where !names.contains(table) {
      throw StoreFileError.damaged(
        path: database.path, position: nil, problem: "the table '\(table)' is missing")
    }
  }

  /// The version of the file's format.
  static func format(of database: Database) throws -> Int64 {
    try database.first("PRAGMA user_version") { $0.int64(0) } ?? 0
  }

  static func storeID(of database: Database) throws -> String {
    do {
      if let id = try database.first("SELECT store_id FROM store", read: { $0.text(0) }) {
        return id
      }
    } catch let error as DatabaseError where error.kind == .other {
      // No such table: reported below like a missing row.
    } catch let error as DatabaseError {
      throw storeFileError(for: error, database.path) ?? error
    }
    throw StoreFileError.damaged(
      path: database.path, position: nil, problem: "the table 'store' or its row is missing")
  }

  /// What a database error says about the file; nil if it isn't about the file's content.
  static func storeFileError(for error: DatabaseError, _ path: String) -> StoreFileError? {
    switch error.kind {
    case .notADatabase: .notAStore(path: path, found: "a file that is no SQLite database")
    case .damaged: .damaged(path: path, position: nil, problem: error.message)
    default: nil
    }
  }

  // MARK: Making

  /// Builds the store under another name in the same folder and puts it in its place, so that nobody ever
  /// sees half of it.
  static func create(
    at path: String, storeID: String, _ configuration: EventStore.Configuration
  ) throws {
    try StoreDraft.checkIsFree(path)
    let draft = try StoreDraft(beside: path, for: .new)
    defer { draft.remove() }
    try fill(draft.path, storeID: storeID, configuration)
    try draft.publish()
  }

  private static func fill(
    _ path: String, storeID: String, _ configuration: EventStore.Configuration
  ) throws {
    try fill(try Database(path: path, mode: .readWrite), storeID: storeID, configuration)
  }

  /// Makes everything that an empty store has.
  static func fill(
    _ database: Database, storeID: String, _ configuration: EventStore.Configuration
  ) throws {
    try database.execute("PRAGMA page_size = \(pageBytes)")
    try database.execute("PRAGMA synchronous = FULL")
    try database.execute("BEGIN IMMEDIATE")
    try database.execute("PRAGMA application_id = \(configuration.applicationID)")
    try database.execute("PRAGMA user_version = \(StoreSchema.format)")
    for statement in StoreSchema.statements { try database.execute(statement) }
    try database.run("INSERT INTO store (store_id) VALUES (?)", storeID)
    try ProjectionEngine(configuration, database).createAll()
    try database.execute("COMMIT")
    // Last: what is committed to a write-ahead log gets into the file when the connection closes,
    // where nobody hears of a failure.
    try database.execute("PRAGMA journal_mode = WAL")
  }

  /// Makes the new name itself durable.
  static func syncFolder(of path: String) {
    let slash = path.lastIndex(of: "/")
    sync(slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".")
  }

  /// Makes a file's content durable; false if the system says no.
  @discardableResult
  static func sync(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return fsync(descriptor) == 0
  }

  /// 0 if there is no such file.
  static func bytes(of path: String) -> Int64 {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : 0
  }

  static func cannotCreate(_ path: String) -> StoreFileError {
    .cannotCreate(path: path, cause: String(cString: strerror(errno)))
  }
}

extension StoreFile {
  /// `path` with every symbolic link followed, as SQLite does before it names what stands beside a file; as it
  /// is if there is no such file.
  static func resolved(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
