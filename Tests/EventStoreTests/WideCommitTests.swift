import EventStore
import Testing

@Suite("A commit over very many streams")
struct WideCommitTests {
  @Test("may come back to its first stream after more streams than a handle remembers")
  func comingBack() throws {
    let store = try EventStore(
      inMemory: "s", configuration: TestStore.configuration(clockMicros: 1_700_000_000_000_000))
    let names = ["first"] + (1...65_600).map { "s\($0)" } + ["first"]
    let appends = names.map {
      StreamAppend(streamID: $0, expectedVersion: .any, events: [.numbered(1)])
    }
    let events = try store.append(NewCommit(appends))
    #expect(events.count == names.count)
    #expect(events.last?.streamPosition == 1)
    #expect(try store.version(of: "first") == 1)
    #expect(try store.version(of: "s1") == 0)
  }
}
