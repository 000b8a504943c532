package import SQLite

extension ReadTransaction {
  /// The projection as it is now: it has seen everything in the log, unless it stopped before.
  ///
  /// Where its tables in the file have not, a deferred one is folded on into copies that only this
  /// connection sees. Throws `StoreFileError.projectionOutdated` if an inline one lags.
  package func projection<P: Projection>(_ type: P.Type) throws -> P {
    try projection(type, through: try head().position)
  }

  /// The projection once it has seen everything up to `position`.
  func projection<P: Projection>(_ type: P.Type, through position: Int64) throws -> P {
    if type.lifecycle == .inline { return P(try tables(of: type), in: .main) }
    if try store.projections.answers(type, through: position) {
      let record = try store.database.projectionRecord(of: type.name)
      record?.stop.map(report)
      store.projectionPositions[type.name] = record?.checkpoint
      return P(store.database, in: .main)
    }
    store.projectionPositions[type.name] = try foldOn(type)
    return P(store.database, in: .temporary)
  }

  /// How far the projection had come that `projection` returned last: the end of a commit.
  package func position<P: Projection>(of type: P.Type) throws -> Int64 {
    try store.projectionPositions[type.name] ?? head().position
  }

  /// The projection `type` as the events that `query` asks for make it, folded now into tables that only
  /// this connection sees, until the next such call.
  ///
  /// Throws what applying an event throws.
  package func fold<P: Projection>(_ type: P.Type, _ query: EventQuery) throws -> P {
    store.projectionPositions[type.name] = nil
    try store.database.makeTemporary(type.tables)
    let projection = P(store.database, in: .temporary)
    try forEachEvent(query) { event in
      let content = try store.configuration.decode(event)
      try projection.apply(ProjectedEvent(event, content: content), self)
    }
    try projection.flush()
    return projection
  }

  /// The projection as it is now, whatever its lifecycle. Nil if the file lacks it, as it would be empty.
  package func current<P: Projection>(_ type: P.Type) throws -> P? {
    guard try store.projections.has(type) else { return nil }
    try store.projections.flush()
    if try store.projections.answers(type, through: try head().position) {
      return P(store.database, in: .main)
    }
    _ = try foldOn(type)
    return P(store.database, in: .temporary)
  }

  /// Reads from an inline projection's tables. Throws if they lag behind the log.
  package func query<P: Projection, Result>(
    _ type: P.Type, _ body: (Database) throws -> Result
  ) throws -> Result {
    try body(tables(of: type))
  }

  /// The database in which an inline projection's tables say what the log says. Throws if they lag behind.
  package func tables(of type: any Projection.Type) throws -> Database {
    try store.projections.flush()
    guard try store.projections.answers(type, through: try head().position) else {
      throw StoreFileError.projectionOutdated(name: type.name)
    }
    return store.database
  }

  /// The connection, for temporary tables of a query's own.
  package var connection: Database { store.database }

  // MARK: Copies

  /// Fills temporary tables of `type` with what the file's have, where that can be copied, and folds the
  /// rest of the log into them. Returns how far they have come.
  private func foldOn(_ type: any Projection.Type) throws -> Int64 {
    let head = try head().position
    let start = try copyTables(of: type)
    do {
      try ProjectionFold([type], store.database, in: .temporary)
        .fold(after: start, through: head, self)
      return head
    } catch let failure as ProjectionFailure where type.lifecycle != .inline {
      report(failure.stop)
      let last = try wholeCommits(through: failure.stop.position - 1)
      let start = try copyTables(of: type)
      try ProjectionFold([type], store.database, in: .temporary)
        .fold(after: start, through: last, self)
      return last
    } catch let failure as ProjectionFailure {
      throw failure.cause
    }
  }

  /// Returns how far the copies have come.
  private func copyTables(of type: any Projection.Type) throws -> Int64 {
    let database = store.database
    try database.makeTemporary(type.tables)
    guard case .usable(let record) = try store.projections.condition(of: type),
      type.lifecycle != .inline, !type.tables.contains(where: \.isFullText)
    else { return 0 }
    for table in type.tables.map(\.name) {
      try database.execute("INSERT INTO temp.\(table) SELECT * FROM main.\(table)")
    }
    return record.checkpoint
  }

  private func report(_ stop: ProjectionStop) {
    store.report(
      .projectionStopped(name: stop.name, position: stop.position, problem: stop.problem))
  }
}
