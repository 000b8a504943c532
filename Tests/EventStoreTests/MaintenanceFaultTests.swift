import SQLite
import TestSupport
import Testing

@testable import EventStore

@Suite("A disk on which file operations fail under migrations and snapshots")
struct MaintenanceFaultTests {
  /// Adds up the bytes of its events' data; saved after every event.
  private struct Bytes: Aggregate {
    var count: Int64 = 0

    init(streamID: String) {}

    mutating func evolve(_ event: RecordedEvent) { count += Int64(event.data.count) }

    static let snapshots: SnapshotCodec<Bytes>? = SnapshotCodec(
      version: 1, encode: { Array("\($0.count)".utf8) },
      decode: { streamID, bytes in
        var state = Bytes(streamID: streamID)
        state.count = Int64(String(decoding: bytes, as: UTF8.self)) ?? -1
        return state
      })
  }

  /// A store of two commits on a disk that works, the way `prepare` leaves it.
  private func trial(_ prepare: (TestStore) throws -> Void) throws -> (TestStore, FaultyDisk) {
    let file = try TestStore(projections: [Tally.self], isCreated: false)
    let disk = FaultyDisk(in: file.folder)
    try file.create()
    try file.open().append([.numbered(1)], to: "a")
    try file.open().append([.numbered(2)], to: "a")
    try prepare(file)
    return (file, disk)
  }

  private static func makeFormat1(_ file: TestStore) throws {
    try file.raw().run(FormatOneStore.makingFormat1)
  }

  @Test(
    "whichever operation fails, a file is in the old format or in the new, and whole",
    arguments: [false, true])
  func migration(_ failsOn: Bool) throws {
    var refusals = 0
    var number: Int64 = 0
    var hasFailed = true
    while hasFailed {
      number += 1
      let (file, disk) = try trial(Self.makeFormat1)
      if failsOn { disk.fail(from: number) } else { disk.fail(at: number) }
      let opened = Result { _ = try file.open() }
      hasFailed = disk.hasFailed
      disk.heal()
      let tables = try file.raw().value(
        """
        SELECT count(*) FROM sqlite_schema
         WHERE type = 'table' AND name IN
           ('snapshots', 'settings', 'tree_nodes', 'subscriptions', 'dead_letters')
        """)
      let format = try file.raw().value("PRAGMA user_version")
      #expect(
        ["1 0", "2 2", "3 3", "4 3", "5 5"].contains("\(format ?? "") \(tables ?? "")"),
        "operation \(number)")
      if case .failure(let error) = opened {
        refusals += 1
        #expect(error is DatabaseError || error is StoreFileError, "operation \(number): \(error)")
        // No mistake of ours, nor of whoever called: the disk's.
        #expect((error as? DatabaseError)?.kind != .other, "operation \(number): \(error)")
      }
      #expect(try file.open().append([.numbered(3)], to: "a")[0].position == 3)
      #expect(try file.verify().commits == 3, "operation \(number)")
      #expect(try !file.folder.names().contains { $0.hasSuffix(".part") }, "operation \(number)")
    }
    #expect(number > 30 && refusals > 20)
  }

  @Test("whichever operation fails, a command whose snapshot is due is refused or whole")
  func snapshots() throws {
    var (refusals, saved) = (0, Set<String>())
    var number: Int64 = 0
    var hasFailed = true
    while hasFailed {
      number += 1
      let (file, disk) = try trial { file in
        var policy = SnapshotPolicy()
        policy.everyEvents = 1
        try file.open().write { try $0.setSnapshotPolicy(policy) }
      }
      disk.fail(at: number)
      let appended = Result {
        try file.open().append(
          to: "a", as: Bytes.self, NewCommit(actor: "tester", correlationID: "c")
        ) { _ in [.numbered(3)] }
      }
      hasFailed = disk.hasFailed
      disk.heal()
      let commits = try file.verify().commits
      switch appended {
      case .success: #expect(commits == 3, "operation \(number)")
      case .failure(let error):
        refusals += 1
        #expect(error is DatabaseError, "operation \(number): \(error)")
        #expect(commits == 2, "operation \(number)")
      }
      saved.insert(try file.raw().value("SELECT count(*) FROM snapshots") ?? "")
      let loaded = try file.open(.readOnly).read { try $0.load(Bytes.self, "a") }
      #expect(loaded.state.count == commits * 12, "operation \(number)")
    }
    #expect(number > 20 && refusals > 10)
    #expect(saved == ["0", "1"])
  }
}
