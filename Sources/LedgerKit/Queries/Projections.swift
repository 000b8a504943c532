public import EventStore
import LedgerProjections

/// A row of a projection that is other than its events make it.
public struct ProjectionDifference: Hashable, Sendable {
  /// The projection's name.
  public let projection: String
  /// The table the row is in.
  public let table: String
  /// What the events make of it, column by column; nil if they make no such row.
  public let expected: [Column]?
  /// What the file has; nil if the row is missing there.
  public let actual: [Column]?

  /// One value of a row.
  public struct Column: Hashable, Sendable {
    /// The column's name.
    public let name: String
    /// As text; nil is NULL.
    public let value: String?
  }
}

/// A name that no projection has.
public struct UnknownProjection: Error, Hashable, Sendable {
  /// What was asked for.
  public let name: String
  /// The names there are.
  public let known: [String]
}

extension Ledger {
  /// How every projection stands, in the order in which they see an event.
  public func projectionStatuses() throws -> [ProjectionStatus] {
    try store.read { try $0.projectionStatuses() }
  }

  /// What keeps the projections from answering; nil if they are up to date.
  public func projectionProblem() throws -> String? {
    try store.read { try $0.projectionProblem() }
  }

  /// Brings deferred projections up to the end of the log, as each does before it answers.
  public func catchUpProjections() throws {
    let head = try store.read { try $0.head().position }
    for type in AllProjections.all where type.lifecycle == .deferred {
      try store.catchUp(type, through: head)
    }
  }

  /// Rebuilds projections from all events while others write and read; all that have tables if `names`
  /// is empty.
  ///
  /// In one pass, in batches, beside the old tables, whose place the new ones take in one transaction at
  /// the end. Killed at any moment it leaves the old ones as they are, and the next rebuild begins anew.
  /// `progress` is told how many events of how many are applied. Throws `UnknownProjection`, and
  /// `RebuildError`, and then none was rebuilt.
  public func rebuildProjections(
    _ names: [String] = [],
    progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
  ) throws {
    try store.rebuild(try Self.projections(names), progress: progress)
  }

  /// Folds all events afresh and calls `body` for every row of these projections that differs; of all of
  /// them if `names` is empty. Projection by projection, in the order of `storedProjections`.
  ///
  /// A deferred projection is compared with the events that it has applied so far. Throws
  /// `UnknownProjection`, and `StoreFileError` if a projection has no tables that could be
  /// compared.
  public func verifyProjections(
    _ names: [String] = [],
    progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in },
    _ body: (ProjectionDifference) throws -> Void
  ) throws {
    let types = try Self.projections(names)
    try store.read { log in
      try log.compareProjections(types, progress: progress) { name, difference in
        func columns(_ row: [RowDifference.Column]?) -> [ProjectionDifference.Column]? {
          row?.map { .init(name: $0.name, value: $0.value) }
        }
        try body(
          ProjectionDifference(
            projection: name, table: difference.table, expected: columns(difference.expected),
            actual: columns(difference.actual)))
      }
    }
  }

  /// The names of those of these projections that have tables, in the order in which they see an event; of
  /// all of them if `names` is empty. Throws `UnknownProjection`.
  public static func storedProjections(_ names: [String] = []) throws -> [String] {
    try projections(names).map { $0.name }
  }

  private static func projections(
    _ names: [String]
  ) throws(UnknownProjection) -> [any Projection.Type] {
    let stored = AllProjections.all.filter { $0.lifecycle != .live }
    guard !names.isEmpty else { return stored }
    for name in names where !stored.contains(where: { $0.name == name }) {
      throw UnknownProjection(name: name, known: stored.map { $0.name })
    }
    return stored.filter { names.contains($0.name) }
  }
}
