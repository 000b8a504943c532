import EventStore
import Testing

@Suite("What a commit may say")
struct CommitContentTests {
  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore()
    store = try file.open()
  }

  /// One event for the stream "a".
  private static func appending(_ text: PersonalText?) -> StreamAppend {
    let event = NewEvent(type: "T", version: 1, data: Array("{}".utf8), personalText: text)
    return StreamAppend(streamID: "a", expectedVersion: .any, events: [event])
  }

  /// When the clock of a new test stands still.
  private static let now: Int64 = 1_700_000_000_000_000

  @Test(
    "what append accepts, verify accepts",
    arguments: [
      NewCommit([appending(nil)], effectiveAtMicros: now),
      NewCommit([appending(nil)], effectiveAtMicros: -62_135_596_800_000_000),
      NewCommit([appending(.sample("text", field: "Reason"))]),
      NewCommit([appending(.sample(""))], reason: .sample("", field: "reason")),
    ])
  func agreement(_ commit: NewCommit) throws {
    #expect(try store.append(commit).map(\.position) == [1])
    #expect(try file.verify().events == 1)
  }

  @Test(
    "what verify would not accept, append refuses",
    arguments: [
      (
        NewCommit([appending(nil)], effectiveAtMicros: now + 1),
        AppendError.effectiveInFuture(effectiveAtMicros: now + 1, recordedAtMicros: now)
      ),
      (
        NewCommit([appending(nil)], reason: .sample("why", field: "motive")),
        .misplacedText(field: "motive")
      ),
      (
        NewCommit(
          [appending(.sample("text", field: "reason"))], reason: .sample("why", field: "reason")),
        .misplacedText(field: "reason")
      ),
      (
        NewCommit([appending(.sample("text", field: "reason"))]),
        .misplacedText(field: "reason")
      ),
    ])
  func agreementOnRefusal(_ commit: NewCommit, _ error: AppendError) throws {
    #expect(throws: error) { try store.append(commit) }
    #expect(try file.verify().events == 0)
  }
}
