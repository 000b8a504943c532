import EventStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Adds up how long the data of its events is.
private struct Tally: Aggregate {
  var sum: Int64 = 0

  init(streamID: String) {}

  mutating func evolve(_ event: RecordedEvent) { sum += Int64(event.data.count) }

  static let snapshots: SnapshotCodec<Tally>? = SnapshotCodec(
    version: 1, encode: { Array(String($0.sum).utf8) },
    decode: { streamID, bytes in
      var tally = Tally(streamID: streamID)
      tally.sum = Int64(String(decoding: bytes, as: UTF8.self)) ?? 0
      return tally
    })
}

/// A store in a file of its own under `folder`, removed with the value.
private struct BenchStore: ~Copyable {
  let path: String
  let store: EventStore

  init(_ name: String, in folder: String, _ durability: EventStore.Durability) throws {
    path = "\(folder)/store-\(name).db"
    for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    var setup = EventStore.Configuration(applicationID: 0x42_454E, clockMicros: SystemClock.micros)
    setup.durability = durability
    try EventStore.create(at: path, storeID: "bench", configuration: setup)
    store = try EventStore(path: path, access: .readWrite, configuration: setup)
  }

  deinit { for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) } }
}

/// The event store alone, without any ledger.
struct StoreProfile: Profile {
  static let name = "store"
  static let summary = "the event store alone: append, and load with and without a snapshot"

  func run(_ bench: Bench) throws {
    try benchAppend(in: bench.folder)
    try benchLoad(in: bench.folder)
  }

  private let payload = Array(#"{"amount":"12.50","currency":"USD","balanceAfter":"1234.50"}"#.utf8)

  private func commit(_ count: Int, to streamID: String) -> NewCommit {
    let event = NewEvent(type: "MoneyDeposited", version: 2, data: payload)
    return NewCommit(
      appends: [
        StreamAppend(
          streamID: streamID, expectedVersion: .any,
          events: Array(repeating: event, count: count))
      ], actor: "bench", correlationID: "bench")
  }

  /// The median time of `body` over `rounds` calls, and the 99th percentile, in microseconds.
  private func time(rounds: Int, _ body: (Int) throws -> Void) rethrows -> (p50: Int64, p99: Int64)
  {
    var micros: [Int64] = []
    for round in 0..<rounds {
      let start = SystemClock.micros()
      try body(round)
      micros.append(SystemClock.micros() - start)
    }
    micros.sort()
    return (micros[rounds / 2], micros[rounds * 99 / 100])
  }

  private func benchAppend(in folder: String) throws {
    for (name, durability) in [("FULL", EventStore.Durability.full), ("NORMAL", .normal)] {
      for count in [1, 10] {
        let bench = try BenchStore("append", in: folder, durability)
        let (p50, p99) = try time(rounds: 2_000) { round in
          _ = try bench.store.write { try $0.append(commit(count, to: "stream-\(round % 100)")) }
        }
        print("append \(count) event(s) a commit, \(name): p50 \(p50) us, p99 \(p99) us")
      }
    }
  }

  private func benchLoad(in folder: String) throws {
    let events = 100_000
    let bench = try BenchStore("load", in: folder, .normal)
    _ = try bench.store.write { try $0.append(commit(events - 50, to: "long")) }
    let whole = try time(rounds: 5) { _ in
      let loaded = try bench.store.read { try $0.load(Tally.self, "long") }
      precondition(loaded.eventsFolded == events - 50)
    }
    try bench.store.write { transaction in
      var loaded = try transaction.log.load(Tally.self, "long")
      try transaction.saveSnapshot(of: &loaded)
      _ = try transaction.append(commit(50, to: "long"))
    }
    let saved = try time(rounds: 200) { _ in
      let loaded = try bench.store.read { try $0.load(Tally.self, "long") }
      precondition(loaded.eventsFolded == 50)
    }
    print("load \(events) events without snapshots: p50 \(whole.p50) us")
    print("load \(events) events from a snapshot and 50 events: p50 \(saved.p50) us")
  }
}
