import EventStore
import Testing

@Suite("Deciding for one stream in a commit that writes to others too")
struct DecideStreamsTests {
  let store: EventStore

  init() throws {
    store = try EventStore(
      inMemory: "s", configuration: TestStore.configuration(clockMicros: 1_700_000_000_000_000))
  }

  @Test("the commit's other appends come first; a conflict on one of them is not tried again")
  func otherStreams() throws {
    var commit = NewCommit([
      StreamAppend(streamID: "b", expectedVersion: .noStream, events: [.numbered(7)])
    ])
    let events = try store.append(to: "a", as: Counter.self, commit) { _ in [.numbered(1)] }
    #expect(events.map(\.streamID) == ["b", "a"])
    #expect(Set(events.map(\.commit.header.number)) == [1])
    var attempts = 0
    let error = AppendError.wrongExpectedVersion(
      streamID: "b", expected: .noStream, actual: 0)
    commit.actor = "somebody else"
    #expect(throws: error) {
      try store.append(to: "a", as: Counter.self, commit) { _ in
        attempts += 1
        return [.numbered(1)]
      }
    }
    #expect(attempts == 1)
    #expect(try store.head().commitNumber == 1)
  }

  @Test("a name that looks the same is another stream's: it isn't folded into this one's snapshot")
  func lookalikes() throws {
    let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}")
    try store.setSnapshotPolicy { $0.everyEvents = 1 }
    let other = StreamAppend(
      streamID: decomposed, expectedVersion: .any, events: [.numbered(7), .numbered(70)])
    try store.append(to: composed, as: Counter.self, NewCommit([other])) { _ in [.numbered(1)] }
    #expect(try store.counter(composed).state == Counter(sum: 1, count: 1))
    #expect(try store.counter(composed).version == 0)
    #expect(try store.counter(decomposed).state == Counter(sum: 77, count: 2))
  }

  @Test("a conflict on a name that looks the same is not tried again")
  func conflictOfLookalikes() throws {
    let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}")
    let other = StreamAppend(
      streamID: decomposed, expectedVersion: .streamExists, events: [.numbered(7)])
    var decisions = 0
    let error = #expect(throws: AppendError.self) {
      try store.append(to: composed, as: Counter.self, NewCommit([other])) { _ in
        decisions += 1
        return [.numbered(1)]
      }
    }
    #expect(decisions == 1)
    guard case .wrongExpectedVersion(_, .streamExists, nil) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
