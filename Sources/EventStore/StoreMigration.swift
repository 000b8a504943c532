internal import SQLite

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Brings files of older formats up to date, one format at a time.
///
/// Formats are for ever: a step is never changed once a file may have taken it, and a small ledger of
/// every format is kept in `fixtures/ledgers`.
enum StoreMigration {
  /// What leads from each format to the next; the first is format 1.
  private static let steps: [@Sendable (Database) throws -> Void] = [
    // 1 → 2: snapshots, and settings kept in the file.
    { database in
      for statement in [StoreSchema.snapshots, StoreSchema.settings] {
        try database.execute(statement)
      }
    },
    // 2 → 3: nodes of the tree of commits.
    { database in
      for statement in [StoreSchema.treeNodes] + StoreSchema.guards(of: "tree_nodes") {
        try database.execute(statement)
      }
      try CommitTree(database: database).build()
    },
    // 3 → 4: lifecycles, and where a projection stopped. All are made anew.
    { database in
      try database.execute("DROP TABLE projections")
      try database.execute(StoreSchema.projections)
    },
    // 4 → 5: subscriptions, and what they could not deliver.
    { database in
      for statement in [
        StoreSchema.subscriptions, StoreSchema.deadLetters, StoreSchema.dueDeadLetters,
      ] {
        try database.execute(statement)
      }
    },
  ]

  /// Brings the file up to date, in one transaction, and returns the notice to show; nil if another program
  /// did it first.
  ///
  /// Before the first step the whole file is copied beside it, under the writer's lock.
  static func run(on database: Database) throws -> StoreNotice? {
    precondition(steps.count + 1 == StoreSchema.format, "every older format has its step")
    try database.execute("BEGIN IMMEDIATE")
    do {
      let format = try StoreFile.format(of: database)
      guard (1..<StoreSchema.format).contains(format) else {
        try database.execute("ROLLBACK")
        return nil
      }
      let copy = try copy(database.path, format: format)
      do {
        for step in steps.dropFirst(Int(format) - 1) { try step(database) }
        try database.execute("PRAGMA user_version = \(StoreSchema.format); COMMIT")
      } catch {
        // Nothing was migrated, so there is nothing to go back to.
        unlink(copy)
        throw error
      }
      return .migrated(path: database.path, from: format, to: StoreSchema.format, copy: copy)
    } catch {
      if database.isInTransaction { try? database.execute("ROLLBACK") }
      throw error
    }
  }

  private static let mostCopies = 99

  /// The names that `copy` may have given, one a format and number, as far as files have them.
  static func copies(of path: String) -> [String] {
    var names: [String] = []
    for format in 1...StoreSchema.format {
      let copy = "\(path).format-\(format)"
      names += [copy + ".part"] + (1...mostCopies).map { $0 == 1 ? copy : "\(copy).\($0)" }
    }
    let files = names.flatMap { name in ["", "-wal", "-journal"].map { name + $0 } }
    return files.filter { access($0, F_OK) == 0 }
  }

  /// Copies the file as it stands to `PATH.format-N` and returns the name; where that is taken, to
  /// `PATH.format-N.2` and so on, since it may be the only copy of something.
  private static func copy(_ path: String, format: Int64) throws -> String {
    let copy = "\(path).format-\(format)"
    let draft = copy + ".part"
    unlink(draft)
    defer { unlink(draft) }
    // Made empty first, so that it is its owner's alone from the beginning.
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw StoreFile.cannotCreate(copy) }
    close(descriptor)
    let reader = try Database(path: path, mode: .readOnly)
    do {
      try reader.run("VACUUM INTO ?", draft)
    } catch {
      guard error.kind == .other else { throw error }
      // Of a file whose size it can't learn SQLite says that it exists already, and this one is empty.
      throw StoreFileError.cannotCreate(path: copy, cause: "the disk doesn't say how large it is")
    }
    guard StoreFile.sync(draft) else { throw StoreFile.cannotCreate(copy) }
    for number in 1...mostCopies {
      let name = number == 1 ? copy : "\(copy).\(number)"
      if link(draft, name) == 0 {
        StoreFile.syncFolder(of: name)
        return name
      }
      guard errno == EEXIST else { break }
    }
    throw StoreFile.cannotCreate(copy)
  }
}
