public import EventStore

extension Ledger {
  private static let eventsPerPart: Int64 = 1_024

  /// A watch on the ledger's file, for `follow`.
  public func watch() -> ChangeWatch { ChangeWatch(path: store.path) }

  /// Has `read` read what `query` asks for, and then what is recorded from now on, by anybody: one part of the
  /// log after the other, so that each event is in one part.
  ///
  /// `read` is given the query for a part, which ends with a commit, and returns how many it found: the
  /// query's limit counts these. A part is short, so that no reading of it lasts long however much there is
  /// and whoever reads along: the log of writes can't begin anew meanwhile. Whenever there is no more, `pause` is called; it returns false to end.
  /// `query` is neither reversed nor has an end.
  public func follow(
    _ query: EventQuery, pause: () throws -> Bool, _ read: (EventQuery) throws -> Int
  ) throws {
    precondition(!query.isReversed && query.through == nil, "what is followed has no end")
    var rest = query
    while rest.limit != 0 {
      let head = try store.read { try $0.head().position }
      let after = rest.after ?? 0
      if head > after {
        let end = try endOfPart(after: after, through: head)
        rest.through = end
        let count = try read(rest)
        rest.limit = rest.limit.map { $0 - count }
        rest.after = end
      } else if try !pause() {
        return
      }
    }
  }

  /// Where a part ends that begins after `start`: with a commit, `head` at the latest.
  private func endOfPart(after start: Int64, through head: Int64) throws -> Int64 {
    let end = start + Self.eventsPerPart
    guard end < head else { return head }
    let last = try store.read { try $0.commit(at: end, isRaw: true)?.last?.position } ?? head
    guard last >= end else {
      throw StoreFileError.damaged(
        path: store.path, position: end, problem: "its commit ends before it, at position \(last)")
    }
    return last
  }
}
