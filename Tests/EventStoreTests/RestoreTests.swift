import Testing

@testable import EventStore

@Suite("Taking over another store, commit by commit")
struct RestoreTests {
  let file: TestStore
  let original: EventStore

  init() throws {
    file = try TestStore(projections: [Tally.self])
    original = try file.open()
    try SampleLog.write(to: original)
    file.clock.micros += 7_000_000
    try original.append([NewEvent(type: "Noted", version: 3, data: Array(" {} ".utf8))], to: "c")
  }

  /// An empty store with an id of its own.
  private func target() throws -> TestStore {
    let target = try TestStore(projections: [Tally.self], isCreated: false)
    try EventStore.create(
      at: target.path, storeID: "target", configuration: target.configuration())
    return target
  }

  /// Everything that was hashed or can be erased, but not when it came here.
  private static let tables = StoreSchema.appendOnlyTables + ["tally", "projections"]

  @Test("gives the same log to the byte: rows, head hash, projections")
  func same() throws {
    let target = try target()
    let copy = try target.open()
    try copy.write { transaction in
      try transaction.takeOver(storeID: original.storeID)
      for commit in try original.storedCommits() { try transaction.restore(commit) }
    }
    #expect(copy.storeID == TestStore.storeID)
    #expect(try copy.head() == (try original.head()))
    #expect(try copy.events() == (try original.events()))
    #expect(
      try target.raw().contents(of: Self.tables) == (try file.raw().contents(of: Self.tables)))
    #expect(try target.verify() == (try file.verify()))
  }

  @Test("in several transactions, and then goes on like the original")
  func goesOn() throws {
    let target = try target()
    target.clock.micros = file.clock.micros
    let copy = try target.open()
    try copy.write { try $0.takeOver(storeID: original.storeID) }
    for commit in try original.storedCommits() { try copy.write { try $0.restore(commit) } }
    let next = NewCommit([
      StreamAppend(streamID: "a", expectedVersion: .exactly(2), events: [.numbered(9)])
    ])
    #expect(try copy.append(next) == (try original.append(next)))
    #expect(try copy.head() == (try original.head()))
    var repeated = NewCommit(next.appends, key: "k")
    repeated.appends[0].expectedVersion = .any
    #expect(throws: AppendError.idempotencyKeyUsed(key: "k")) { try copy.append(repeated) }
  }

  @Test("keeps old versions of events as they are stored, and shows them upcast")
  func oldVersions() throws {
    let source = try TestStore()
    try source.open().append([.numbered(1), .numbered(2, version: 2)], to: "a")
    let target = try target()
    target.catalog = .numbered(version: 3)
    let copy = try target.open()
    try copy.write { transaction in
      try transaction.takeOver(storeID: TestStore.storeID)
      for commit in try source.open().storedCommits() { try transaction.restore(commit) }
    }
    #expect(try copy.head() == (try source.open().head()))
    #expect(try copy.events().map(\.upcastFrom) == [1, 2])
    #expect(try target.verify().events == 2)
  }

  @Test("personal text that was erased there is erased here: only its digest came along")
  func erased() throws {
    let target = try target()
    let copy = try target.open()
    try copy.write { transaction in
      try transaction.takeOver(storeID: original.storeID)
      for commit in try original.storedCommits() {
        try transaction.restore(commit.map { $0.with(personalText: .some(nil)) })
      }
    }
    #expect(try copy.head() == (try original.head()))
    #expect(try copy.events().allSatisfy { $0.personalText == nil })
    #expect(
      try copy.events().map(\.personalDigest) == (try original.events().map(\.personalDigest)))
  }

  @Test("is refused by a store that has commits of its own, and nothing changes")
  func notEmpty() throws {
    let target = try target()
    let copy = try target.open()
    try copy.append([.numbered(1)], to: "mine")
    let before = try target.raw().contents(of: Self.tables)
    func error(_ commits: Int) -> RestoreError {
      RestoreError(position: 1, problem: "this store has \(commits) commits of its own")
    }
    #expect(throws: error(1)) { try copy.write { try $0.takeOver(storeID: "s") } }
    #expect(copy.storeID == "target")
    #expect(try target.raw().contents(of: Self.tables) == before)
    #expect(throws: error(2)) {
      try target.open().write { transaction in
        try transaction.append(
          NewCommit([StreamAppend(streamID: "b", expectedVersion: .any, events: [.numbered(1)])]))
        try transaction.takeOver(storeID: "s")
      }
    }
  }

  @Test("that is taken back leaves the store empty and with its own id")
  func takenBack() throws {
    let target = try target()
    let copy = try target.open()
    try copy.rehearse { transaction in
      try transaction.takeOver(storeID: original.storeID)
      for commit in try original.storedCommits() { try transaction.restore(commit) }
      #expect(transaction.head.position == 6)
    }
    #expect(copy.storeID == "target")
    #expect(try copy.events() == [])
    #expect(try copy.append([.numbered(1)], to: "a").map(\.streamPosition) == [0])
    try target.verify()
  }
}
