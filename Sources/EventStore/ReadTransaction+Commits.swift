extension ReadTransaction {
  /// Calls `body` for the events of every commit, as they are stored, in order and in constant memory.
  ///
  /// Throws `StoreFileError.damaged` at the first commit whose hash is not that of its content.
  public func forEachCommit(_ body: ([RecordedEvent]) throws -> Void) throws {
    var query = EventQuery()
    query.isRaw = true
    var pending: [RecordedEvent] = []
    var previousHash = HashChain.genesis(storeID: store.storeID)
    func finish() throws {
      guard let first = pending.first else { return }
      let hash = HashChain.commit(
        after: previousHash, first.commit.header, events: pending.map(\.digest))
      guard hash == first.commit.hash else {
        throw StoreFileError.damaged(
          path: store.path, position: first.position,
          problem: "the hash of its commit is not that of its content")
      }
      previousHash = hash
      try body(pending)
      pending.removeAll(keepingCapacity: true)
    }
    try forEachEvent(query) { event in
      if pending.last.map({ $0.commit.header.number != event.commit.header.number }) ?? false {
        try finish()
      }
      pending.append(event)
    }
    try finish()
  }
}
