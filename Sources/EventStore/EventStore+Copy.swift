internal import SQLite

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension EventStore {
  /// What a copy of a store is made for.
  package enum CopyPurpose: Sendable {
    /// To be kept: one plain file, without a log of writes beside it (`journal_mode=DELETE`).
    case backup
    /// To be written to, with such a log (`journal_mode=WAL`).
    case restore
  }

  /// Copies the store at `path`, in whatever format it is, as of one moment, while others write to it.
  ///
  /// `check` is shown the copy, which has another name until then. If it throws, or anything fails, or the
  /// process is killed, there is nothing at `destination`. Returns what `check` returned, and the size of the
  /// copy. Throws `StoreFileError`: `alreadyExists` if anything stands at `destination`.
  package static func copy<Result>(
    _ path: String, to destination: String, for purpose: CopyPurpose,
    configuration: Configuration, progress: (_ pages: Int64, _ total: Int64) -> Void,
    check: (_ draft: String) throws -> Result
  ) throws -> (checked: Result, bytes: Int64) {
    let source = try StoreFile.connectionForCopying(path, configuration)
    try refuse(destination, ifPartOf: path)
    try StoreDraft.checkIsFree(destination)
    let draft = try StoreDraft(beside: destination, for: purpose == .backup ? .backup : .restore)
    defer { draft.remove() }
    try StoreFile.copy(source, to: draft, journal: purpose == .backup ? "delete" : "wal", progress)
    let checked = try check(draft.path)
    let bytes = StoreFile.bytes(of: draft.path)
    try draft.publish()
    return (checked, bytes)
  }

  /// Lets `body` do what it likes with a copy of the store at `path`, which is gone afterwards.
  package static func withTrialCopy<Result>(
    of path: String, configuration: Configuration, _ body: (_ copy: String) throws -> Result
  ) throws -> Result {
    let source = try StoreFile.connectionForCopying(path, configuration)
    let draft = try StoreDraft(beside: path, for: .trial)
    defer { draft.remove() }
    try StoreFile.copy(source, to: draft, journal: "wal") { _, _ in }
    return try body(draft.path)
  }

  /// Takes away what this process has made of stores and copies that are not finished: for a program that is
  /// asked to end.
  package static func removeDrafts() { StoreDraft.removeAll() }

  /// SQLite may be about to make a file of that name beside the store.
  private static func refuse(_ destination: String, ifPartOf path: String) throws(StoreFileError) {
    let store = StoreFile.resolved(path)
    let place = StoreFile.resolvedPlace(of: destination)
    guard !["-wal", "-shm", "-journal"].contains(where: { place == store + $0 }) else {
      throw .cannotCreate(path: destination, cause: "that name is the ledger's own")
    }
  }
}

extension StoreFile {
  /// A connection that reads the store at `path`, of any format that this program knows.
  fileprivate static func connectionForCopying(
    _ path: String, _ configuration: EventStore.Configuration
  ) throws -> Database {
    try checkKind(of: path)
    do {
      return try connectReadOnly(path, configuration)
    } catch let error as DatabaseError {
      throw storeFileError(for: error, path) ?? error
    }
  }

  /// Fills `draft` with what `source` has now.
  fileprivate static func copy(
    _ source: Database, to draft: StoreDraft, journal: String,
    _ progress: (_ pages: Int64, _ total: Int64) -> Void
  ) throws {
    // In the log of writes, whoever reads keeps nobody from writing.
    try source.execute("BEGIN")
    defer { try? source.execute("COMMIT") }
    do {
      // The first read decides which moment it is.
      _ = try format(of: source)
      try copyPages(of: source, to: draft.path, progress)
      try setJournal(journal, of: draft.path)
    } catch let error as DatabaseError {
      throw storeFileError(for: error, source.path) ?? error
    }
  }

  private static func copyPages(
    of source: Database, to path: String, _ progress: (Int64, Int64) -> Void
  ) throws {
    let copy = try Database(path: path, mode: .readWrite)
    // A draft that is cut off is thrown away, and one that is whole is synced at its end.
    try copy.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
    try source.copyPages(to: copy, progress: progress)
  }

  private static func setJournal(_ journal: String, of path: String) throws {
    let copy = try Database(path: path, mode: .readWrite)
    let mode = try copy.first("PRAGMA journal_mode = \(journal)") { $0.text(0) }
    precondition(mode == journal, "nobody else knows the draft")
  }

  /// `path` with every symbolic link to its folder followed.
  fileprivate static func resolvedPlace(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return resolved(".") + "/" + path }
    let folder = resolved(slash == path.startIndex ? "/" : String(path[..<slash]))
    return (folder == "/" ? "" : folder) + path[slash...]
  }
}
