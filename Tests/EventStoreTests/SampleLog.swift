import EventStore

/// Three commits to tamper with, in two streams:
///
///     position  1        2      |  3      |  4      5
///     stream    a:0      a:1    |  b:0    |  a:2    b:1
///     type      Opened   Moved  |  Moved  |  Moved  Moved
///     personal  yes             |         |         yes
///     commit    all fields set  |  none   |  only a reason
enum SampleLog {
  static func write(to store: EventStore) throws {
    try store.append(
      NewCommit(
        appends: [append("a", [event("Opened", 1, .sample("Alice A.")), event("Moved", 2)])],
        actor: "alice", correlationID: "c-1", causationID: "c-0",
        idempotency: .init(key: "k", fingerprint: Digest256(of: [1])),
        reason: .sample("as agreed", field: "reason"), effectiveAtMicros: 5,
        otherMetadata: Array("{\"ip\":\"::1\"}".utf8)))
    try store.append(
      NewCommit(appends: [append("b", [event("Moved", 3)])], actor: "bob", correlationID: "c-2"))
    try store.append(
      NewCommit(
        appends: [
          append("a", [event("Moved", 4)]), append("b", [event("Moved", 5, .sample("dinner"))]),
        ], actor: "alice", correlationID: "c-3", reason: .sample("rent", field: "reason")))
  }

  private static func append(_ streamID: String, _ events: [NewEvent]) -> StreamAppend {
    StreamAppend(streamID: streamID, expectedVersion: .any, events: events)
  }

  private static func event(_ type: String, _ number: Int, _ text: PersonalText? = nil) -> NewEvent
  {
    NewEvent(
      type: type, version: 1, data: Array("{\"number\":\(number)}".utf8), personalText: text)
  }
}
