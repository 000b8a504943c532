internal import SQLite

extension EventStore {
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
    var (head, isReady) = try read { log in
      let head = try log.head().position
      return (head, try projections.answers(type, through: head))
    }
    if !isReady {
      do {
        head = try catchUpWhereWritable(type, through: head, progress)
      } catch let error as DatabaseError where error.isOfWriting {
        // The question can be answered without writing.
      }
    }
    return try read { log in try body(try log.projection(type, through: head), log) }
  }

  private func catchUpWhereWritable(
    _ type: any Projection.Type, through head: Int64,
    _ progress: (_ done: Int64, _ total: Int64) -> Void
  ) throws -> Int64 {
    guard access == .readOnly else { return try catchUp(type, through: head, progress) }
    let writer = try EventStore(path: path, access: .readWrite, configuration: configuration)
    return try writer.catchUp(type, through: head, progress)
  }

  /// Applies to a deferred projection what it hasn't seen yet, up to `head` at least, in batches that are
  /// transactions of their own: other writers get their turn between them.
  ///
  /// At an event that it can't apply it stops before that event's commit; the file keeps where and why,
  /// and the next time it tries again. Returns how far it has come, `head` at most.
  @discardableResult
  package func catchUp(
    _ type: any Projection.Type, through head: Int64,
    _ progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
  ) throws -> Int64 {
    precondition(type.lifecycle == .deferred, "\(type.name) is never behind, or has no tables")
    var catchUp = CatchUp(of: type, self)
    while try catchUp.position() < head, try catchUp.advance() {
      progress(min(try catchUp.position(), head), head)
    }
    return min(try catchUp.position(), head)
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
