import EventStore
import Foundation
import Testing

@Suite("The state in a snapshot")
struct SnapshotStateTests {
  let file: TestStore
  let store: EventStore

  /// 25 events in stream a, without snapshots.
  init() throws {
    file = try TestStore()
    store = try file.open()
    try store.addOnes(25)
  }

  @Test("of another version, older or newer, is ignored and replaced", arguments: [-1, 0, 2, 99])
  func otherVersion(_ version: Int64) throws {
    try file.plant(Counter(sum: 1_000, count: 20).bytes, at: 19, stateVersion: version)
    let loaded = try store.counter()
    #expect(loaded.state == Counter(sum: 25, count: 25))
    #expect(loaded.eventsFolded == 25)
    let problem =
      "its state has version \(version), and this version of the program makes \(Counter.stateVersion)"
    #expect(
      file.notices.all == [
        .snapshotIgnored(streamID: "a", streamPosition: 19, problem: problem)
      ])
    try store.addOnes(1)
    #expect(try file.snapshots() == [25])
    #expect(try file.raw().value("SELECT state_version FROM snapshots") == "1")
    #expect(try file.open().counter().eventsFolded == 0)
    #expect(file.notices.all.count == 1)
  }

  @Test("at the very event where the next is taken, the one of another version makes room")
  func samePlace() throws {
    try file.plant(Counter(sum: 1_000, count: 25).bytes, at: 24, stateVersion: 2)
    var loaded = try store.counter()
    #expect(loaded.eventsFolded == 25)
    let isSaved = try store.save(&loaded)
    #expect(isSaved)
    #expect(try file.snapshots() == [24])
    #expect(try file.open().counter().state == Counter(sum: 25, count: 25))
    #expect(try file.open().counter().eventsFolded == 0)
  }

  @Test(
    "that can't be read is ignored and replaced, whatever it is",
    arguments: [
      [], Array("{}".utf8), Array("[1,2]".utf8), Array("null".utf8), Array("{\"count\":20}".utf8),
      Array("{\"count\":20,\"sum\":\"20\"}".utf8), Array("{\"count\":20,\"sum\":20".utf8),
      [0xff, 0xfe, 0x00, 0x80], Array(repeating: 0, count: 10_000),
    ])
  func garbage(_ state: [UInt8]) throws {
    try file.plant(state, at: 19)
    let reader = try file.open(.readOnly)
    for _ in 1...2 {
      let loaded = try reader.counter()
      #expect(loaded.state == Counter(sum: 25, count: 25))
      #expect(loaded.eventsFolded == 25)
    }
    #expect(file.notices.all.count == 1)
    guard case .snapshotIgnored("a", 19, let problem) = file.notices.all.first else {
      Issue.record("\(file.notices.all)")
      return
    }
    #expect(problem.hasPrefix("its state can't be read: "))
    #expect(try file.snapshots() == [19])
    try store.addOnes(1)
    #expect(try file.snapshots() == [25])
    #expect(try file.open().counter().eventsFolded == 0)
  }

  /// The counter as a later build folds it: every number counts twice, and the codec's version rose.
  private struct Doubled: Aggregate {
    var sum = 0

    init(streamID: String) {}

    mutating func evolve(_ event: RecordedEvent) throws {
      sum += 2 * (try Counter.Added(event).number)
    }

    static var snapshots: SnapshotCodec<Doubled>? {
      SnapshotCodec(
        version: Counter.stateVersion + 1,
        encode: { Counter(sum: $0.sum, count: 0).bytes },
        decode: { streamID, bytes in
          var state = Doubled(streamID: streamID)
          state.sum = try JSONDecoder().decode(Counter.self, from: Data(bytes)).sum
          return state
        })
    }
  }

  @Test("a build that folds otherwise, and says so by its version, starts again from the events")
  func otherFold() throws {
    try store.setSnapshotPolicy { $0.everyEvents = 5 }
    try store.addOnes(5)
    #expect(try file.snapshots() == [29])
    let later = try file.open()
    let loaded = try later.read { try $0.load(Doubled.self, "a") }
    #expect(loaded.state.sum == 60)
    #expect(loaded.eventsFolded == 30)
    try later.append(to: "a", as: Doubled.self, NewCommit([])) { _ in [.numbered(1)] }
    #expect(try file.snapshots() == [30])
    let again = try file.open().read { try $0.load(Doubled.self, "a") }
    #expect(again.state.sum == 62)
    #expect(again.eventsFolded == 0)
    #expect(file.notices.all.count == 1)
  }

  /// An aggregate whose state has what is easily written down wrongly: an exact decimal, an instant.
  private struct Reading: Aggregate, Hashable, Codable {
    var total: Decimal = 0
    var lastRecordedAt: Date?

    init(streamID: String) {}

    mutating func evolve(_ event: RecordedEvent) throws {
      total += Decimal(try Counter.Added(event).number) / 1_000
      let micros = event.commit.header.recordedAtMicros
      lastRecordedAt = Date(timeIntervalSince1970: Double(micros) / 1_000_000)
    }

    static var snapshots: SnapshotCodec<Reading>? {
      SnapshotCodec(
        version: 1, encode: { (try? JSONEncoder().encode($0)).map { Array($0) } ?? [] },
        decode: { try JSONDecoder().decode(Reading.self, from: Data($1)) })
    }
  }

  @Test("with decimals and instants comes back equal", arguments: [1, 10, 333, -5, 123_456_789])
  func decimalsAndInstants(_ number: Int) throws {
    file.clock.micros += 123_457
    try store.setSnapshotPolicy { $0.everyEvents = 2 }
    let commit = NewCommit([])
    try store.append(to: "r", as: Reading.self, commit) { _ in [.numbered(number), .numbered(1)] }
    let loaded = try file.open().read { try $0.load(Reading.self, "r") }
    #expect(loaded.eventsFolded == 0)
    let events = try store.events(EventQuery(streamID: "r"))
    let folded = try events.reduce(into: Reading(streamID: "r")) { try $0.evolve($1) }
    #expect(loaded.state == folded)
    #expect(folded.total == Decimal(number + 1) / 1_000)
  }
}
