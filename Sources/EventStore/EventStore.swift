internal import SQLite

/// An append-only log of events in one SQLite file: streams, commits, a hash chain over all of it, and
/// projections that are kept up to date in the same transaction.
///
/// It knows nothing of what the events mean. Not thread-safe: one connection, one thread at a time;
/// any number of processes may use the file at once.
public final class EventStore {
  /// What a program brings to a store.
  public struct Configuration {
    /// `PRAGMA application_id`: marks the file as this application's.
    public var applicationID: Int32
    /// Microseconds since 1970, UTC.
    public var clockMicros: () -> Int64
    /// How long to wait for another writer before giving up.
    public var busyTimeoutMilliseconds = 5_000
    /// Write even if the clock is far behind the last commit.
    public var acceptsClockBehind = false
    /// Whether opening a file of an older format for writing brings it up to date; else it is refused.
    public var migrates = true
    /// What a crash of the whole machine may take away.
    public var durability: Durability = .full
    /// The event types that the program knows; nil: events come as stored, and it decodes any version.
    public var catalog: EventCatalog?
    /// Told what is worth telling a user and is no error.
    public var onNotice: (StoreNotice) -> Void = { _ in }
    /// The read models of the file; they see an event in this order.
    package var projections: [any Projection.Type] = []
    /// What projections want to know of an event beside how it is stored, found out once for all.
    package var decode: @Sendable (RecordedEvent) throws -> (any AnyObject & Sendable)? = { _ in nil
    }

    /// A configuration without projections.
    public init(applicationID: Int32, clockMicros: @escaping () -> Int64) {
      self.applicationID = applicationID
      self.clockMicros = clockMicros
    }
  }

  /// What survives when the power fails. Nothing ever survives in part.
  public enum Durability: Sendable {
    /// Everything that `write` returned from.
    case full
    /// All but the last moments: faster, since commits don't wait for the disk.
    case normal
  }

  /// Whether a connection may write.
  public enum Access: Sendable { case readOnly, readWrite }

  /// The file.
  public let path: String
  /// Whether this connection may write.
  public let access: Access
  /// Random, given when the file was made; enters every hash.
  public private(set) var storeID: String
  let database: Database
  let configuration: Configuration
  let names: NameTables
  let projections: ProjectionEngine
  /// Versions of streams by their keys, valid as long as nobody else writes.
  var versions = BoundedCache<Int64, Int64>(limit: 65_536)
  /// How many events this handle has folded into aggregates.
  package internal(set) var eventsFolded: Int64 = 0
  /// How far the projections had come that were asked last, by name.
  var projectionPositions: [String: Int64] = [:]
  private var dataVersion: Int64?
  /// Whether names are known from before others wrote.
  private var keptNames = false
  private var knownSnapshotPolicy: SnapshotPolicy?
  private var reported: Set<StoreNotice> = []

  /// Opens an existing store; for writing, one of an older format is brought up to date first.
  ///
  /// Throws `StoreFileError` if the file is missing, something else, newer than this program or
  /// damaged at first sight, and `DatabaseError` if the system refuses.
  public init(path: String, access: Access, configuration: Configuration) throws {
    (self.path, self.access) = (path, access)
    self.configuration = configuration
    let isMigrated: Bool
    (database, isMigrated) = try StoreFile.connection(to: path, access, configuration)
    storeID = try StoreFile.storeID(of: database)
    names = NameTables(database)
    projections = ProjectionEngine(configuration, database)
    if isMigrated { try bringUpToDate() }
  }

  /// A new, empty store in memory, for tests and experiments: it vanishes with this object.
  public init(inMemory storeID: String, configuration: Configuration) throws {
    (path, access) = (":memory:", .readWrite)
    self.storeID = storeID
    self.configuration = configuration
    database = try Database(path: path, mode: .memory)
    try StoreFile.fill(database, storeID: storeID, configuration)
    names = NameTables(database)
    projections = ProjectionEngine(configuration, database)
  }

  /// Whether anything was written by another connection since this was last asked; true at first.
  func othersHaveWritten() throws -> Bool {
    let version = try database.first("PRAGMA data_version") { $0.int64(0) }
    defer { dataVersion = version }
    return version != dataVersion
  }

  /// Runs `body` on one unchanging view of the file; inside another transaction, on that one's.
  ///
  /// Throws `StoreFileError.damaged` where SQLite finds the file malformed.
  public func read<Result>(_ body: (ReadTransaction) throws -> Result) throws -> Result {
    if database.isInTransaction { return try body(ReadTransaction(store: self)) }
    do {
      try database.execute("BEGIN")
      defer { try? database.execute("COMMIT") }
      if try othersHaveWritten() { try refresh(keepsNames: true) }
      return try body(ReadTransaction(store: self))
    } catch let problem as StoreProblem {
      throw StoreFileError(problem, path: path)
    } catch let error as DatabaseError {
      throw StoreFile.storeFileError(for: error, path) ?? error
    }
  }

  /// Runs `body` as the only writer and makes durable what it appended, all or nothing.
  ///
  /// Waits for other writers up to the busy timeout. If `body` throws, nothing was written; nor if
  /// an append failed half-way and `body` went on. Throws `AppendError.insideTransaction` in the
  /// middle of this handle's own `read` or `write`.
  public func write<Result>(_ body: (WriteTransaction) throws -> Result) throws -> Result {
    try write(keeping: true, body)
  }

  /// Runs `body` like `write` and then takes back whatever it did.
  public func rehearse<Result>(_ body: (WriteTransaction) throws -> Result) throws -> Result {
    try write(keeping: false, body)
  }

  /// Rebuilds what projections miss, as every transaction that writes does first.
  package func bringUpToDate() throws { try write { _ in } }

  private func write<Result>(
    keeping: Bool, _ body: (WriteTransaction) throws -> Result
  ) throws -> Result {
    // SQLite would look for the lock first, and call a log that has moved on since the read "busy".
    guard !database.isInTransaction else { throw AppendError.insideTransaction }
    try database.execute("BEGIN IMMEDIATE")
    var isKept = false
    do {
      if try othersHaveWritten() || keptNames { try refresh() }
      let idBefore = storeID
      defer { if !isKept { storeID = idBefore } }
      let transaction = try WriteTransaction(store: self)
      try projections.bringUpToDate(transaction)
      let result = try body(transaction)
      if let failure = transaction.failure { throw failure }
      try projections.flush()
      try projections.saveCheckpoints(transaction.head.position)
      if keeping {
        if transaction.hasErased {
          try projections.forgetPersonalText()
          try rebuildPersonalTexts()
        }
        try database.execute("COMMIT")
        isKept = true
      } else {
        try database.execute("ROLLBACK")
        forget()
      }
      return result
    } catch {
      if database.isInTransaction { try? database.execute("ROLLBACK") }
      forget()
      if let problem = error as? StoreProblem { throw StoreFileError(problem, path: path) }
      throw error
    }
  }

  func forget() {
    forgetWhatWasRead()
    projections.forget()
  }

  /// Whatever is asked for next comes from the file.
  func forgetWhatWasRead() {
    versions.removeAll()
    names.forget()
    forgetSnapshotPolicy()
  }

  /// What is known of the file, once others have written to it.
  ///
  /// Names may be kept to read by, as nobody changes them and no key is used twice; whoever writes looks
  /// whether they are still there.
  func refresh(keepsNames: Bool = false) throws {
    versions.removeAll()
    if !keepsNames { names.forget() }
    keptNames = keepsNames
    forgetSnapshotPolicy()
    projections.refresh()
    try reloadStoreID()
  }

  func reloadStoreID() throws {
    storeID = try StoreFile.storeID(of: database)
  }

  func snapshotPolicy() throws -> SnapshotPolicy {
    if let knownSnapshotPolicy { return knownSnapshotPolicy }
    let policy = try SnapshotPolicy(in: database, path: path)
    knownSnapshotPolicy = policy
    return policy
  }

  func forgetSnapshotPolicy() { knownSnapshotPolicy = nil }

  /// Tells the program's user, once.
  func report(_ notice: StoreNotice) {
    if reported.insert(notice).inserted { configuration.onNotice(notice) }
  }
}

extension EventStore {
  /// Makes a new, empty store at `path`, readable by its owner alone.
  ///
  /// Atomic: of several processes that try, one succeeds and the others find a whole store. Throws
  /// `StoreFileError.alreadyExists` if anything stands at `path`.
  public static func create(
    at path: String, storeID: String, configuration: Configuration
  ) throws {
    try StoreFile.create(at: path, storeID: storeID, configuration)
  }

  /// Makes a new store at `path` unless something stands there; true if it did.
  ///
  /// Atomic like `create`: of several processes that try, one makes the store.
  @discardableResult
  public static func createIfMissing(
    at path: String, storeID: String, configuration: Configuration
  ) throws -> Bool {
    do {
      try create(at: path, storeID: storeID, configuration: configuration)
      return true
    } catch StoreFileError.alreadyExists {
      return false
    }
  }
}
