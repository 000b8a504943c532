import EventStore
import Foundation

/// An aggregate for tests: what the numbers of its events add up to, which never is below zero.
struct Counter: Aggregate, Decider, Codable, Hashable {
  enum Command {
    /// Records each number.
    case add([Int])
  }

  enum Refusal: Error, Hashable {
    case belowZero(Int)
  }

  /// The only event.
  struct Added: StorableEvent, Codable, Hashable {
    let number: Int

    init(_ number: Int) { self.number = number }

    init(_ recorded: RecordedEvent) throws {
      self = try JSONDecoder().decode(Self.self, from: Data(recorded.data))
    }

    func stored() -> NewEvent { .numbered(number) }
  }

  private(set) var sum = 0
  private(set) var count = 0

  init(streamID: String) {}

  init(sum: Int, count: Int) {
    (self.sum, self.count) = (sum, count)
  }

  func decide(_ command: Command) throws(Refusal) -> [Added] {
    switch command {
    case .add(let numbers):
      let rest = numbers.reduce(sum, +)
      guard rest >= 0 else { throw .belowZero(rest) }
      return numbers.map { Added($0) }
    }
  }

  mutating func evolve(_ event: Added) {
    sum += event.number
    count += 1
  }

  /// As it stands in a snapshot.
  var bytes: [UInt8] { Array("{\"count\":\(count),\"sum\":\(sum)}".utf8) }

  static let stateVersion: Int64 = 1

  static var snapshots: SnapshotCodec<Counter>? {
    SnapshotCodec(version: stateVersion, encode: \.bytes) { _, bytes in
      try JSONDecoder().decode(Counter.self, from: Data(bytes))
    }
  }
}

extension EventStore {
  /// Has the counter of a stream add `numbers` in one commit, as a command does.
  @discardableResult
  func add(_ numbers: [Int], to streamID: String = "a", retries: Int = 3) throws -> [RecordedEvent]
  {
    try perform(
      .add(numbers), on: streamID, as: Counter.self, NewCommit([]), retries: retries)
  }

  /// Adds 1 so many times, in one commit.
  func addOnes(_ count: Int, to streamID: String = "a") throws {
    try add(Array(repeating: 1, count: count), to: streamID)
  }

  /// The counter of a stream after its last event.
  func counter(_ streamID: String = "a") throws -> Loaded<Counter> {
    try read { try $0.load(Counter.self, streamID) }
  }

  /// The counter of stream a as far as a query goes that `narrow` narrows.
  func counter(_ narrow: (inout EventQuery) -> Void) throws -> Loaded<Counter> {
    var query = EventQuery(streamID: "a")
    narrow(&query)
    return try read { try $0.load(Counter.self, query) }
  }

  /// Saves a snapshot in a transaction of its own; false if there was nothing to save.
  func save(_ loaded: inout Loaded<Counter>, _ streamID: String = "a") throws -> Bool {
    try write { try $0.saveSnapshot(of: &loaded) }
  }

  /// The counter of a stream by its events alone.
  func foldedCounter(
    _ streamID: String = "a", through streamPosition: Int64? = nil
  ) throws -> Counter {
    var query = EventQuery(streamID: streamID)
    query.throughStreamPosition = streamPosition
    return try events(query).reduce(into: Counter(streamID: streamID)) { try $0.evolve($1) }
  }

  /// Has the file take snapshots every 100 events, but for what `change` changes.
  func setSnapshotPolicy(_ change: (inout SnapshotPolicy) -> Void) throws {
    var policy = SnapshotPolicy()
    policy.onLoadEvents = nil
    change(&policy)
    try write { try $0.setSnapshotPolicy(policy) }
  }
}
