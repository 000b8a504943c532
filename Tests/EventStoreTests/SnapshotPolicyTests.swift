import EventStore
import Testing

@Suite("The policy for snapshots is kept in the file")
struct SnapshotPolicyTests {
  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore()
    store = try file.open()
  }

  private func policy(of store: EventStore) throws -> SnapshotPolicy {
    try store.read { try $0.snapshotPolicy() }
  }

  static let policies: [SnapshotPolicy] = [
    policy(false, nil, nil, nil), policy(true, 1, nil, nil), policy(true, nil, 1, nil),
    policy(true, nil, nil, 1), policy(false, 5, 6, 7), policy(true, .max, .max, .max),
    policy(true, 100, nil, nil),
  ]

  private static func policy(
    _ isEnabled: Bool, _ every: Int64?, _ age: Int64?, _ onLoad: Int64?
  ) -> SnapshotPolicy {
    var policy = SnapshotPolicy()
    (policy.isEnabled, policy.everyEvents) = (isEnabled, every)
    (policy.maxAgeMicros, policy.onLoadEvents) = (age, onLoad)
    return policy
  }

  @Test("in a new file it is on: every 100 events, and after folding more than 20")
  func byDefault() throws {
    #expect(try policy(of: store) == Self.policy(true, 100, nil, 20))
    #expect(try file.raw().value("SELECT count(*) FROM settings") == "0")
  }

  @Test("what one handle sets, every other sees with its next transaction", arguments: policies)
  func shared(_ wanted: SnapshotPolicy) throws {
    let others = [try file.open(), try file.open(.readOnly)]
    try store.write { try $0.setSnapshotPolicy(Self.policy(false, 1, 2, 3)) }
    for handle in others { #expect(try policy(of: handle) == Self.policy(false, 1, 2, 3)) }
    try store.write { try $0.setSnapshotPolicy(wanted) }
    for handle in [store] + others + [try file.open()] {
      #expect(try policy(of: handle) == wanted)
    }
  }

  @Test("another handle's command obeys it")
  func obeyed() throws {
    let other = try file.open()
    try other.addOnes(1)
    try store.setSnapshotPolicy { $0.everyEvents = 3 }
    try other.addOnes(2)
    #expect(try file.snapshots() == [2])
    try store.setSnapshotPolicy { $0.isEnabled = false }
    try other.addOnes(10)
    #expect(try file.snapshots() == [2])
    #expect(try other.counter().eventsFolded == 13)
  }

  @Test("a change that is taken back was none")
  func takenBack() throws {
    try store.rehearse { transaction in
      try transaction.setSnapshotPolicy(Self.policy(false, nil, nil, nil))
      #expect(try transaction.log.snapshotPolicy().isEnabled == false)
    }
    #expect(try policy(of: store) == SnapshotPolicy())
  }

  @Test("0 is off, and a setting that is not there has its default")
  func zero() throws {
    try file.raw().run("INSERT INTO settings VALUES ('snapshot_every_events', 0)")
    #expect(try policy(of: store) == Self.policy(true, nil, nil, 20))
    try file.raw().run("DELETE FROM settings; INSERT INTO settings VALUES ('snapshots_enabled', 0)")
    #expect(try policy(of: store) == Self.policy(false, 100, nil, 20))
  }

  @Test(
    "a setting of a later build, or an impossible one, is damage and named",
    arguments: [
      ("snapshot_colour", 1), ("snapshots_enabled", 2), ("snapshots_enabled", -1),
      ("snapshot_every_events", -1), ("snapshot_max_age_us", -5),
      ("snapshot_on_load_events", Int64.min), ("", 0),
    ])
  func unknown(_ name: String, _ value: Int64) throws {
    try store.addOnes(3)
    try file.raw().run("INSERT INTO settings VALUES ('\(name)', \(value))")
    let problem = "the setting \(name) = \(value) is unknown; choose the snapshot settings anew"
    let error = StoreFileError.damaged(path: file.path, position: nil, problem: problem)
    #expect(throws: error) { try policy(of: store) }
    #expect(throws: error) { try store.counter() }
    #expect(throws: error) { try store.addOnes(1) }
    #expect(try store.version(of: "a") == 2)
  }

  @Test("limits are positive: others would make the file unreadable")
  func negative() async {
    await #expect(processExitsWith: .failure) {
      let store = try EventStore(
        inMemory: "s", configuration: TestStore.configuration(clockMicros: 0))
      try store.setSnapshotPolicy { $0.everyEvents = -1 }
    }
    await #expect(processExitsWith: .failure) {
      let store = try EventStore(
        inMemory: "s", configuration: TestStore.configuration(clockMicros: 0))
      try store.setSnapshotPolicy { $0.onLoadEvents = 0 }
    }
    await #expect(processExitsWith: .success) {
      let store = try EventStore(
        inMemory: "s", configuration: TestStore.configuration(clockMicros: 0))
      try store.setSnapshotPolicy { ($0.everyEvents, $0.maxAgeMicros) = (1, 1) }
    }
  }
}
