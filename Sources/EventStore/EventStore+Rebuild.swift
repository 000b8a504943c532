internal import SQLite

/// Why a rebuild ended before its tables could take the place of the old ones, which are untouched.
public enum RebuildError: Error, Hashable, Sendable {
  /// Another rebuild began, of whatever projections: one at a time goes on.
  case overtaken(name: String)
  /// The projection can't apply the event at `position`.
  case stopped(name: String, position: Int64, problem: String)
}

extension EventStore {
  /// How many events a rebuild takes in one transaction, about.
  private static let eventsPerRebuildBatch = 2_048

  /// Rebuilds projections from the whole log while others write and read.
  ///
  /// All of them in one pass, in batches, into tables beside those that answer; at last these take the old
  /// ones' place in one transaction. Killed, or thrown out of, at any moment it leaves the old tables as
  /// they are, and the next rebuild begins anew. `progress` is told how many events of how many are applied.
  ///
  /// Throws `RebuildError`.
  package func rebuild(
    _ types: [any Projection.Type],
    progress: (_ done: Int64, _ total: Int64) throws -> Void = { _, _ in }
  ) throws {
    let types = types.filter { $0.lifecycle != .live }
    guard !types.isEmpty else { return }
    // Nothing that a rebuild writes before its end is missed if the power fails.
    try database.execute("PRAGMA synchronous = NORMAL")
    defer { restoreDurability() }
    while true {
      let rebuild = try beginRebuild(of: types)
      do {
        return try run(rebuild, progress)
      } catch is ErasureIntervened {
        // An erasure is a commit. Without one a damaged table has lost a row, and this would never end.
        guard try read({ try $0.head().position }) > rebuild.begin else {
          throw StoreFileError.damaged(
            path: path, position: nil,
            problem: "the table projections does not keep which projections are being rebuilt")
        }
      } catch let failure as ProjectionFailure {
        throw RebuildError(failure.stop)
      } catch let error as EventDecodingError {
        throw RebuildError.stopped(
          name: types[0].name, position: error.position, problem: error.problem)
      }
    }
  }

  private func restoreDurability() {
    try? database.execute("PRAGMA synchronous = \(configuration.durability.pragma)")
  }

  private func beginRebuild(of types: [any Projection.Type]) throws -> Rebuild {
    try maintain { log in
      let id = try database.first("SELECT abs(random() / 2) + 1") { $0.int64(0) } ?? 1
      // Of rebuilds that were killed, too. One under way ends: if both began anew, as after an
      // erasure, they would take each other's tables away for ever.
      try database.dropRebuilds(overtakenBy: id)
      let rebuild = Rebuild(id: id, types, begin: try log.head().position)
      for type in types {
        _ = try projections.condition(of: type)
        try database.make(type.tables, in: rebuild.place)
        try database.run(
          """
          INSERT INTO projections (name, lifecycle, version, checkpoint) VALUES (?, ?, 0, 0)
          ON CONFLICT DO NOTHING
          """, type.name, type.lifecycle.rawValue)
        try database.run(
          "UPDATE projections SET rebuild_id = ?, rebuilt_through = 0 WHERE name = ?", id, type.name
        )
      }
      return rebuild
    }
  }

  private func run(
    _ rebuild: Rebuild, _ progress: (_ done: Int64, _ total: Int64) throws -> Void
  ) throws {
    let fold = ProjectionFold(rebuild.types, database, in: rebuild.place)
    let ahead = ReadAhead(
      self, after: 0, eventsPerRun: Self.eventsPerRebuildBatch,
      includesPersonalText: fold.includesPersonalText)
    defer { ahead?.cancel() }
    var through: Int64 = 0
    while true {
      // Read and decoded outside of any transaction: others write meanwhile.
      let head = try read { try $0.head().position }
      try progress(through, head)
      let batch = try ahead?.next() ?? nextBatch(after: through, for: fold)
      guard let last = batch.lastPosition, last < head else { break }
      try maintain { log in
        try rebuild.check(database)
        try fold.apply(batch, log)
        try database.run(
          """
          UPDATE projections SET rebuilt_through = ?
           WHERE rebuild_id = ? AND rebuilt_through IS NOT NULL
          """, last, rebuild.id)
      }
      through = last
    }
    try finish(rebuild, fold, after: through)
  }

  private func nextBatch(after start: Int64, for fold: ProjectionFold) throws -> ProjectedCommits {
    try read {
      try $0.run(
        after: start, events: Self.eventsPerRebuildBatch,
        includesPersonalText: fold.includesPersonalText)
    }
  }

  /// Applies the rest, and puts the new tables where the old ones stood.
  private func finish(_ rebuild: Rebuild, _ fold: ProjectionFold, after through: Int64) throws {
    restoreDurability()
    try maintain { log in
      try rebuild.check(database)
      let head = try log.head().position
      try fold.fold(after: through, through: head, log)
      for type in rebuild.types {
        for table in type.tables.map(\.name) {
          try database.drop(TablePlace.main[table])
          try database.execute("ALTER TABLE \(rebuild.place[table]) RENAME TO \(table)")
        }
        try database.record(type, checkpoint: head)
      }
      try database.run(
        "UPDATE projections SET rebuild_id = NULL, rebuilt_through = NULL WHERE rebuild_id = ?",
        rebuild.id)
    }
  }
}

/// Some text was erased: what was rebuilt so far may hold it, and is gone.
private struct ErasureIntervened: Error {}

/// Tables that are being filled beside those that answer.
private struct Rebuild {
  let id: Int64
  let types: [any Projection.Type]
  /// The end of the log when it began.
  let begin: Int64
  let place: TablePlace

  init(id: Int64, _ types: [any Projection.Type], begin: Int64) {
    (self.id, self.types, self.begin) = (id, types, begin)
    // Short names of their own: a table is found by what its name says.
    let names = types.flatMap { $0.tables.map(\.name) }.enumerated()
      .map { ($1, "\(RebuildTables.prefix)\($0 + 1)") }
    place = .renamed(Dictionary(uniqueKeysWithValues: names))
  }

  /// Throws unless the tables are still this rebuild's.
  func check(_ database: Database) throws {
    for type in types {
      switch try database.projectionRecord(of: type.name)?.rebuildID {
      case id: continue
      case nil: throw ErasureIntervened()
      default: throw RebuildError.overtaken(name: type.name)
      }
    }
  }
}

/// The tables of rebuilds under way, or killed.
enum RebuildTables {
  static let prefix = "rebuild_"

  /// Whether a table of this name is one of them, or of a full-text index among them.
  static func has(_ table: String) -> Bool {
    table.hasPrefix(prefix)
      && table.dropFirst(prefix.count).first.map { ("0"..."9").contains($0) } == true
  }
}

extension Database {
  /// Drops the tables of every rebuild. One under way finds out, and ends if the rebuild `id`
  /// took its place, or begins anew if `id` is nil.
  func dropRebuilds(overtakenBy id: Int64? = nil) throws {
    // Of a full-text index first: its own tables go with it.
    var tables: [String] = []
    try forEach(
      """
      SELECT name FROM main.sqlite_schema
       WHERE type = 'table' AND name GLOB '\(RebuildTables.prefix)[0-9]*'
         AND name NOT GLOB '*[^0-9a-z_]*'  -- what a stranger wrote is no SQL
       ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC
      """
    ) { tables.append($0.text(0)) }
    for table in tables { try drop(TablePlace.main[table]) }
    try run(
      """
      UPDATE projections SET rebuild_id = ?, rebuilt_through = NULL WHERE rebuild_id IS NOT NULL
      """, id)
  }
}

extension RebuildError {
  init(_ stop: ProjectionStop) {
    self = .stopped(name: stop.name, position: stop.position, problem: stop.problem)
  }
}

extension EventStore.Durability {
  /// The value of `PRAGMA synchronous`: in a file that is kept without a log of writes, as a backup is, `FULL`
  /// leaves it open whether a deleted journal stays deleted when the power fails. With a log, the two are one.
  var pragma: String { self == .full ? "EXTRA" : "NORMAL" }
}
