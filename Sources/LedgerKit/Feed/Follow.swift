public import EventStore
public import LedgerDomain

extension Ledger {
  /// A watch on the ledger's file, for `followEvents`.
  public func watch() -> ChangeWatch { ChangeWatch(path: store.path) }

  /// Calls `body` with every event that `query` asks for, and then with those that are recorded from now
  /// on, by anybody: in the order of the log, each once.
  ///
  /// Whenever there are no more, `pause` is called; it returns false to end. `query` is neither reversed
  /// nor has an end; its limit counts what `body` was given. Throws what `forEachEvent` throws.
  public func followEvents(
    _ query: EventQuery, amounts: AmountRange? = nil, pause: () throws -> Bool,
    _ body: (RecordedEvent) throws -> Void
  ) throws {
    precondition(!query.isReversed && query.through == nil, "what is followed has no end")
    var rest = query
    while true {
      let head = try store.read { try $0.head().position }
      if head > rest.after ?? 0 {
        rest.through = head
        var found = 0
        try forEachEvent(rest, amounts: amounts) { event in
          found += 1
          try body(event)
        }
        rest.after = head
        rest.limit = rest.limit.map { $0 - found }
      }
      if rest.limit == 0 { return }
      guard try pause() else { return }
    }
  }
}
