internal import SQLite

/// A deferred projection on its way to the end of the log, batch by batch.
struct CatchUp {
  /// How many events are applied in one transaction, about.
  private static let eventsPerBatch = 8_192

  private let type: any Projection.Type
  private let store: EventStore
  /// The projection as the batches so far have left it, and where that is.
  private var running: (fold: ProjectionFold, position: Int64)?

  init(of type: any Projection.Type, _ store: EventStore) {
    (self.type, self.store) = (type, store)
  }

  /// How far the tables in the file have come.
  func position() throws -> Int64 {
    guard
      case .usable(let record) = try store.read({ _ in try store.projections.condition(of: type) })
    else { return 0 }
    return record.checkpoint
  }

  /// Applies the next batch; false if there is none, or if it can't be applied: then the projection stands
  /// before the commit to blame, and the file says so.
  ///
  /// If another connection is faster, nothing is applied here.
  mutating func advance() throws -> Bool {
    let start = try position()
    let batch = try store.read { log in try self.batch(after: start, log) }
    guard !batch.events.isEmpty || batch.stop != nil else { return false }
    if running?.position != start { running = nil }
    let fold = running?.fold ?? ProjectionFold([type], store.database, in: .main)
    running = nil
    do {
      let end = try store.maintain { log in
        guard try isStill(at: start) else { return start }
        // A text may have been erased since it was read.
        let batch = type.keepsPersonalText ? try self.batch(after: start, log) : batch
        return try apply(batch, with: fold, after: start, log)
      }
      if end > start { running = (fold, end) }
      return batch.stop == nil
    } catch let failure as ProjectionFailure {
      try stop(failure.stop, after: start)
      return false
    }
  }

  /// Events that are applied in one transaction, and why the next can't be read; nil if they can.
  private typealias Batch = (events: [ProjectedEvent], stop: ProjectionStop?)

  private func batch(after start: Int64, _ log: ReadTransaction) throws -> Batch {
    do {
      let run = try log.run(
        after: start, events: Self.eventsPerBatch, includesPersonalText: type.keepsPersonalText)
      return (run.events, nil)
    } catch let error as EventDecodingError {
      return (
        [], ProjectionStop(name: type.name, position: error.position, problem: error.problem)
      )
    }
  }

  /// Returns where the projection is then.
  private func apply(
    _ batch: Batch, with fold: ProjectionFold, after start: Int64, _ log: ReadTransaction
  ) throws -> Int64 {
    try fold.apply(ProjectedCommits(events: batch.events), log)
    try fold.flush()
    let end = batch.events.last?.recorded.position ?? start
    try store.database.advance(type.name, to: end, batch.stop)
    // In a damaged table a row that was changed need not be found again, and this would never end.
    guard try store.database.projectionRecord(of: type.name)?.checkpoint == end else {
      throw StoreFileError.damaged(
        path: store.path, position: nil,
        problem: "the table projections does not keep how far \(type.name) has come")
    }
    return end
  }

  /// Applies what comes before the commit that can't be applied, and records that.
  private func stop(_ stop: ProjectionStop, after start: Int64) throws {
    try store.maintain { log in
      guard try isStill(at: start) else { return }
      let end = try log.wholeCommits(through: stop.position - 1)
      let record = try store.database.projectionRecord(of: type.name)
      guard end > start || record?.stop != stop else { return }
      let events = try batch(after: start, log).events.prefix { $0.recorded.position <= end }
      let fold = ProjectionFold([type], store.database, in: .main)
      _ = try apply((Array(events), stop), with: fold, after: start, log)
    }
  }

  /// Whether nobody else took the projection on from `start`; its tables are made if they are missing or
  /// outdated.
  private func isStill(at start: Int64) throws -> Bool {
    switch try store.projections.condition(of: type) {
    case .usable(let record): return record.checkpoint == start
    case .missing: break
    case .outdated(let why): store.report(.projectionOutdated(name: type.name, why: why))
    }
    try store.projections.create(type, checkpoint: 0)
    return start == 0
  }
}
