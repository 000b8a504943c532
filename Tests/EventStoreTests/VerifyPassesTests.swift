import EventStore
import Testing

@Suite("Of what the two passes of verify find, the lowest position is told")
struct VerifyPassesTests {
  /// Which log the passes read: one after the other, or side by side.
  enum Log: CaseIterable {
    case short, long

    /// Commits of two events each.
    var commits: Int { self == .short ? 50 : 3_000 }
  }

  /// A log of commits of two events each.
  private func store(_ log: Log) throws -> TestStore {
    let file = try TestStore()
    try file.open().write { transaction in
      for number in 0..<log.commits {
        try transaction.append(
          NewCommit([
            StreamAppend(
              streamID: "s\(number % 7)", expectedVersion: .any,
              events: [.numbered(2 * number), .numbered(2 * number + 1)])
          ]))
      }
    }
    return file
  }

  /// Changes the data of the event at `position`.
  private func change(_ position: Int64, in file: TestStore) throws {
    try file.tamper("UPDATE recorded_events SET data = '{}' WHERE position = \(position)")
  }

  /// What verify says, with a rule that nothing at `wrong` passes, and the last position it was shown.
  private func problem(
    _ file: TestStore, wrong: Int64?
  ) throws -> (position: Int64?, problem: String, lastShown: Int64) {
    var lastShown: Int64 = 0
    let error = try #require(
      #expect(throws: StoreFileError.self) {
        try file.open(.readOnly).read { log in
          try log.verifyWithoutRules { commit in
            lastShown = commit.last?.position ?? lastShown
            if let wrong, commit.contains(where: { $0.position == wrong }) {
              throw StoreProblem(position: wrong, problem: "a rule")
            }
          }
        }
      })
    guard case .damaged(file.path, let position, let problem) = error else { throw error }
    return (position, problem, lastShown)
  }

  @Test("a rule that a commit breaks is damage at the position it names", arguments: Log.allCases)
  func brokenRule(_ log: Log) throws {
    let found = try problem(try store(log), wrong: 20)
    #expect(found == (20, "a rule", 20))
  }

  @Test("of a changed hash and a broken rule the lower one counts", arguments: Log.allCases)
  func lowest(_ log: Log) throws {
    let file = try store(log)
    try change(31, in: file)
    let rule = try problem(file, wrong: 20)
    #expect((rule.position, rule.problem) == (20, "a rule"))
    let hash = try problem(file, wrong: 40)
    #expect(hash.position == 31)
    #expect(hash.problem.hasPrefix("the hash of commit 16 (positions 31 to 32) is not that of"))
  }

  @Test(
    "of a commit whose hash is wrong, the event that breaks a rule is blamed",
    arguments: Log.allCases, [31, 32] as [Int64])
  func suspect(_ log: Log, _ suspect: Int64) throws {
    let file = try store(log)
    try change(suspect, in: file)
    let found = try problem(file, wrong: suspect)
    #expect(found.position == suspect)
    #expect(found.problem.hasPrefix("the hash of commit 16 "))
    #expect(try problem(file, wrong: nil).position == 31)
  }

  @Test("once the hash is wrong, no commit after it is read", arguments: [Log.short])
  func stopsEarly(_ log: Log) throws {
    let file = try store(log)
    try change(31, in: file)
    #expect(try problem(file, wrong: nil).lastShown == 32)
  }

  @Test("what others append meanwhile is not looked at", arguments: Log.allCases)
  func appendedMeanwhile(_ log: Log) throws {
    let file = try store(log)
    let writer = try file.open()
    let reader = try file.open(.readOnly)
    let verified = try reader.read { log in
      try log.verifyWithoutRules { commit in
        if commit[0].position % 11 == 1 { try writer.append([.numbered(0)], to: "late") }
      }
    }
    #expect(verified.commits == log.commits)
    #expect(try reader.verify().commits > log.commits)
  }

  @Test("what others erase meanwhile is no damage", arguments: Log.allCases)
  func erasedMeanwhile(_ log: Log) throws {
    let file = try store(log)
    let writer = try file.open()
    var event = NewEvent.numbered(1)
    event.personalText = PersonalText(
      field: "note", salt: [UInt8](repeating: 1, count: 16), text: "hello")
    let position = try writer.append([event], to: "texts")[0].position
    let reader = try file.open(.readOnly)
    try reader.read { log in
      // The view of this transaction begins with its first read, before the erasure.
      _ = try log.head()
      try writer.write { transaction in
        let selected = try transaction.log.personalTexts(.positions([position]))
        try transaction.erase(selected, recordingIn: "Book", NewCommit([]))
      }
      _ = try log.verifyWithoutRules { _ in }
    }
    #expect(try reader.verify().commits == log.commits + 2)
  }

  @Test(
    "in memory and in the middle of a write, what is there is verified", arguments: Log.allCases)
  func oneConnection(_ log: Log) throws {
    let store = try EventStore(
      inMemory: TestStore.storeID, configuration: TestStore.configuration(clockMicros: 5))
    let file = try self.store(log)
    let handle = try file.open()
    for store in [store, handle] {
      let before = try store.head().position
      try store.write { transaction in
        for number in 0..<5_000 {
          try transaction.append(
            NewCommit([
              StreamAppend(streamID: "w", expectedVersion: .any, events: [.numbered(number)])
            ]))
        }
        #expect(try transaction.log.verifyWithoutRules().events == before + 5_000)
      }
      #expect(try store.verify().events == before + 5_000)
    }
  }

  @Test("how far it has come is told in between, up to the end")
  func progress() throws {
    let file = try store(.long)
    var told: [Int64] = []
    try file.open(.readOnly).read { log in
      _ = try log.verify(progress: { done, total in
        #expect(total == 6_000)
        told.append(done)
      }) { commit, _ in commit.map { ProjectedEvent($0, content: nil) } }
    }
    #expect(told.count > 3)
    #expect(told == told.sorted())
    #expect(told.allSatisfy { (0...6_000).contains($0) })
  }
}
