public import EventStore

extension Ledger {
  /// A watch on the ledger's file, for `follow`.
  public func watch() -> ChangeWatch { ChangeWatch(path: store.path) }

  /// Has `read` read what `query` asks for, and then what is recorded from now on, by anybody: one part of the
  /// log after the other, so that each event is in one part.
  ///
  /// `read` is given the query for a part, which ends with a commit, and returns how many it found: the
  /// query's limit counts these. Whenever there is no more, `pause` is called; it returns false to end.
  /// `query` is neither reversed nor has an end.
  public func follow(
    _ query: EventQuery, pause: () throws -> Bool, _ read: (EventQuery) throws -> Int
  ) throws {
    precondition(!query.isReversed && query.through == nil, "what is followed has no end")
    var rest = query
    while rest.limit != 0 {
      let head = try store.read { try $0.head().position }
      if head > rest.after ?? 0 {
        rest.through = head
        let count = try read(rest)
        rest.limit = rest.limit.map { $0 - count }
        rest.after = head
      } else if try !pause() {
        return
      }
    }
  }
}
