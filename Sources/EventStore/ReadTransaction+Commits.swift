internal import SQLite

extension ReadTransaction {
  /// Calls `body` with the position at which each commit with this correlation id ends, the last
  /// commit first. Reads every commit, as no index knows these ids.
  package func forEachCommitEnd(
    correlationID: String, _ body: (Int64) throws -> Void
  ) throws {
    try store.database.forEach(
      "SELECT last_position FROM commits WHERE correlation_id = ? ORDER BY commit_number DESC",
      correlationID
    ) { try body($0.int64(0)) }
  }

  /// Calls `body` for the events of every commit, as they are stored, in order and in constant memory.
  ///
  /// Throws `StoreFileError.damaged` at the first commit whose hash is not that of its content, or with a
  /// text that is not what was recorded, nor erased.
  public func forEachCommit(_ body: ([RecordedEvent]) throws -> Void) throws {
    let reader = try CommitReader(self, includesPersonalText: true)
    let erasures = try Erasures(store.database)
    var previousHash = HashChain.genesis(storeID: store.storeID)
    var events: [RecordedEvent] = []
    try reader.next(into: &events)
    while let first = events.first {
      let hash = HashChain.commit(
        after: previousHash, first.commit.header, events: events.map(\.digest))
      guard hash == first.commit.hash else {
        throw StoreFileError.damaged(
          path: store.path, position: first.position,
          problem: "the hash of its commit is not that of its content")
      }
      for event in events { try checkTexts(of: event, erasures) }
      previousHash = hash
      try body(events)
      try reader.next(into: &events)
    }
  }
}
