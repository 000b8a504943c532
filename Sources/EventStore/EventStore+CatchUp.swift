internal import SQLite

extension EventStore {
  /// How many events a deferred projection takes in one transaction, about.
  private static let eventsPerBatch = 8_192

  /// Runs `body` like `read`, with the projection as it is then: it has seen everything that was recorded
  /// before this was called.
  ///
  /// A deferred projection that lags catches up first, on a connection of its own if this one may only
  /// read. Where that is impossible, or others write all the time, the lag is folded into copies that only
  /// this connection sees. `progress` is told how far it has come, and how far it has to.
  package func read<P: Projection, Result>(
    _ type: P.Type, progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in },
    _ body: (P, ReadTransaction) throws -> Result
  ) throws -> Result {
    guard type.lifecycle == .deferred, !database.isInTransaction else {
      return try read { log in try body(try log.projection(type), log) }
    }
    let (head, isReady) = try read { log in
      let head = try log.head().position
      return (head, try projections.answers(type, through: head))
    }
    if !isReady {
      do {
        try catchUpWhereWritable(type, through: head, progress)
      } catch let error as DatabaseError where error.isOfWriting {
        // The question can be answered without writing.
      }
    }
    return try read { log in try body(try log.projection(type, through: head), log) }
  }

  private func catchUpWhereWritable(
    _ type: any Projection.Type, through head: Int64,
    _ progress: (_ done: Int64, _ total: Int64) -> Void
  ) throws {
    guard access == .readOnly else { return try catchUp(type, through: head, progress) }
    let writer = try EventStore(path: path, access: .readWrite, configuration: configuration)
    try writer.catchUp(type, through: head, progress)
  }

  /// Applies to a deferred projection what it hasn't seen yet, up to `head` at least, in batches that are
  /// transactions of their own: other writers get their turn between them.
  ///
  /// At an event that it can't apply it stops before that event's commit; the file keeps where and why.
  package func catchUp(
    _ type: any Projection.Type, through head: Int64,
    _ progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
  ) throws {
    precondition(type.lifecycle == .deferred, "\(type.name) is at the head of the log or has no tables")
    var fold: (projection: ProjectionFold, through: Int64)?
    while true {
      let (start, batch) = try nextBatch(of: type)
      guard start < head, !batch.events.events.isEmpty || batch.problem != nil else { return }
      if fold?.through != start { fold = nil }
      let projection = fold?.projection ?? ProjectionFold([type], database, in: .main)
      guard let done = try apply(batch, of: type, with: projection, after: start) else {
        return
      }
      fold = done.isOurs ? (projection, done.position) : nil
      progress(min(done.position, head), head)
      if done.position >= head { return }
    }
  }

  /// Events that a projection takes in one transaction, read before it begins.
  private struct Batch {
    var events = ProjectedCommits(events: [])
    /// Why no more can be read.
    var problem: ProjectionStop?
  }

  private func nextBatch(of type: any Projection.Type) throws -> (start: Int64, Batch) {
    try read { log in
      var start: Int64 = 0
      if case .usable(let record) = try projections.condition(of: type) { start = record.checkpoint }
      return (start, try batch(for: type, after: start, log))
    }
  }

  private func batch(
    for type: any Projection.Type, after start: Int64, _ log: ReadTransaction
  ) throws -> Batch {
    var batch = Batch()
    do {
      batch.events = try log.run(
        after: start, events: Self.eventsPerBatch, includesPersonalText: type.keepsPersonalText)
    } catch let error as EventDecodingError {
      batch.problem = .init(name: type.name, position: error.position, problem: error.problem)
    }
    return batch
  }

  /// Where the projection is after a batch; nil if it has stopped. `isOurs` says whether this batch took it
  /// there: another connection may have been first.
  private func apply(
    _ batch: Batch, of type: any Projection.Type, with fold: ProjectionFold, after start: Int64
  ) throws -> (position: Int64, isOurs: Bool)? {
    do {
      return try maintain { log in
        guard let record = try usableRecord(of: type) else { return (0, false) }
        guard record.checkpoint == start else { return (record.checkpoint, false) }
        // A text may have been erased since it was read.
        let batch = type.keepsPersonalText ? try self.batch(for: type, after: start, log) : batch
        try fold.apply(batch.events, log)
        for projection in fold.projections { try projection.flush() }
        let position = batch.events.lastPosition ?? start
        try database.advance(type.name, to: position, batch.problem)
        return batch.problem == nil ? (position, true) : nil
      }
    } catch let failure as ProjectionFailure {
      try stop(type, failure.stop, batch, after: start)
      return nil
    }
  }

  /// Applies what comes before the commit that `type` can't apply, and records that.
  private func stop(
    _ type: any Projection.Type, _ stop: ProjectionStop, _ batch: Batch, after start: Int64
  ) throws {
    try maintain { log in
      guard let record = try usableRecord(of: type), record.checkpoint == start else { return }
      let last = try log.wholeCommits(through: stop.position - 1)
      guard last > start || record.stop != stop else { return }
      let batch = type.keepsPersonalText ? try self.batch(for: type, after: start, log) : batch
      let events = batch.events.events.prefix { $0.recorded.position <= last }
      let fold = ProjectionFold([type], database, in: .main)
      try fold.apply(ProjectedCommits(events: Array(events)), log)
      for projection in fold.projections { try projection.flush() }
      try database.advance(type.name, to: max(last, start), stop)
    }
  }

  /// The record of `type`, whose tables are made if they are missing or outdated.
  private func usableRecord(of type: any Projection.Type) throws -> ProjectionRecord? {
    switch try projections.condition(of: type) {
    case .usable(let record): return record
    case .missing: break
    case .outdated(let why): report(.projectionOutdated(name: type.name, why: why))
    }
    try projections.create(type, checkpoint: 0)
    return try database.projectionRecord(of: type.name)
  }

  /// Runs `body` as the only writer, with nothing else done before or after: for tables that nobody needs
  /// up to date yet.
  func maintain<Result>(_ body: (ReadTransaction) throws -> Result) throws -> Result {
    try database.execute("BEGIN IMMEDIATE")
    do {
      if try othersHaveWritten() { try refresh() }
      let result = try body(ReadTransaction(store: self))
      try database.execute("COMMIT")
      // Inline projections were not brought up: the next command sees to that.
      projections.forget()
      return result
    } catch {
      if database.isInTransaction { try? database.execute("ROLLBACK") }
      forget()
      throw error
    }
  }
}

extension DatabaseError {
  /// Whether it says that writing is impossible here, or now.
  fileprivate var isOfWriting: Bool {
    switch kind {
    case .busy, .full, .readOnly, .cannotOpen, .inputOutput: true
    case .damaged, .notADatabase, .constraint, .other: false
    }
  }
}
