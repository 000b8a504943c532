import Testing

@testable import EventStore

/// A change of a commit on its way from one store to another.
struct CommitChange: Sendable, CustomTestStringConvertible {
  /// What is changed.
  let testDescription: String
  let apply: @Sendable ([RecordedEvent]) -> [RecordedEvent]

  init(_ what: String, _ apply: @escaping @Sendable ([RecordedEvent]) -> [RecordedEvent]) {
    (testDescription, self.apply) = (what, apply)
  }

  static func header(
    _ what: String, _ change: @escaping @Sendable (CommitHeader) -> CommitHeader
  ) -> CommitChange {
    CommitChange(what) { events in
      events.map { $0.with(commit: $0.commit.with(header: change($0.commit.header))) }
    }
  }

  static func reason(_ what: String, _ reason: PersonalText) -> CommitChange {
    CommitChange(what) { events in
      events.map { $0.with(commit: $0.commit.with(reason: .some(reason))) }
    }
  }

  /// A change of the last event alone.
  static func last(
    _ what: String, _ change: @escaping @Sendable (RecordedEvent) -> RecordedEvent
  ) -> CommitChange {
    CommitChange(what) { events in events.dropLast() + [change(events[events.count - 1])] }
  }
}

/// A store that has taken over the first two commits of `SampleLog`; the third, with positions 4 and 5,
/// comes next.
struct RestoreTrial {
  let file: TestStore
  let store: EventStore
  let commits: [[RecordedEvent]]

  /// The commit that comes next.
  var next: [RecordedEvent] { commits[2] }

  private static let tables = StoreSchema.appendOnlyTables + ["tally", "projections"]

  init() throws {
    let source = try TestStore()
    try SampleLog.write(to: source.open())
    let commits = try source.open().storedCommits()
    file = try TestStore(projections: [Tally.self])
    store = try file.open()
    try store.write { transaction in
      for commit in commits.dropLast() { try transaction.restore(commit) }
    }
    self.commits = commits
  }

  /// Why `events` are refused as the next commit; checks that nothing of it is there afterwards, and
  /// that the right one is still accepted.
  func refusal(of events: [RecordedEvent]) throws -> RestoreError {
    let before = try file.raw().contents(of: Self.tables)
    let error = #expect(throws: RestoreError.self) { try store.write { try $0.restore(events) } }
    #expect(try file.raw().contents(of: Self.tables) == before)
    #expect(try store.head().commitNumber == 2)
    try store.write { try $0.restore(next) }
    #expect(try file.verify().events == 5)
    return try #require(error)
  }

  /// `events` with the hash that their content has.
  func rehashed(_ events: [RecordedEvent]) throws -> [RecordedEvent] {
    let hash = HashChain.commit(
      after: try store.head().hash, events[0].commit.header, events: events.map(\.digest))
    return events.map { $0.with(commit: $0.commit.with(hash: hash)) }
  }
}
