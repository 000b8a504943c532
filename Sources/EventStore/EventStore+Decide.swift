extension EventStore {
  /// Appends to `streamID` what `decide` makes of its state, decided outside any transaction.
  ///
  /// Reads the stream, lets `decide` take its time (it may ask other systems), and appends if nobody
  /// wrote to the stream meanwhile; else it reads and decides again, at most `retries` times. `commit`
  /// says who, why and under which key; its own appends come first. No events mean that nothing is
  /// recorded. Returns the events as recorded; those of the first commit if its key was used before
  /// with the same fingerprint.
  ///
  /// Throws `AppendError.tooManyAttempts` when every attempt was overtaken,
  /// `AppendError.idempotencyKeyUsed` if the key stands for something else, and whatever `decide`
  /// throws; then nothing was written.
  @discardableResult
  public func append<State: Aggregate>(
    to streamID: String, as type: State.Type, _ commit: NewCommit, retries: Int = 3,
    decide: (State) throws -> [NewEvent]
  ) throws -> [RecordedEvent] {
    precondition(retries >= 0, "there is at least one attempt")
    let stream = ByteExactText(text: streamID)
    precondition(
      !commit.appends.contains { ByteExactText(text: $0.streamID) == stream },
      "only what is decided is appended to '\(streamID)'")
    for _ in 0...retries {
      if let first = try read({ try firstCommit(of: commit, $0) }) { return first }
      var loaded = try read { try $0.load(type, streamID) }
      let events = try decide(loaded.state)
      var commit = commit
      commit.appends.append(
        StreamAppend(
          streamID: streamID, expectedVersion: loaded.version.map { .exactly($0) } ?? .noStream,
          events: events))
      do {
        return try write { transaction in
          if let first = try firstCommit(of: commit, transaction.log) { return first }
          let recorded = try transaction.append(commit)
          for event in recorded where ByteExactText(text: event.streamID) == stream {
            try loaded.evolve(event)
          }
          try transaction.saveSnapshotIfDue(of: &loaded)
          return recorded
        }
      } catch AppendError.wrongExpectedVersion(let overtaken, _, _)
        where ByteExactText(text: overtaken) == stream
      {
        continue
      }
    }
    throw AppendError.tooManyAttempts(streamID: streamID, attempts: retries + 1)
  }

  /// What was recorded under the key of `commit`; nil if nothing was, or it has none.
  private func firstCommit(
    of commit: NewCommit, _ log: ReadTransaction
  ) throws -> [RecordedEvent]? {
    guard let idempotency = commit.idempotency,
      let events = try log.commit(idempotencyKey: idempotency.key)
    else { return nil }
    guard events.first?.commit.header.fingerprint == idempotency.fingerprint else {
      throw AppendError.idempotencyKeyUsed(key: idempotency.key)
    }
    return events
  }
}
