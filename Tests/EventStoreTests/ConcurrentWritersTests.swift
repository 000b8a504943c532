import EventStore
import SQLite
import Testing

@Suite("Several handles on one store")
struct ConcurrentWritersTests {
  /// How one attempt to append ended.
  private enum Outcome: Hashable, Sendable {
    case positions([Int64])
    case refused(AppendError)
    case failed(String)
  }

  let file: TestStore

  init() throws { file = try TestStore() }

  /// Appends with a handle of its own.
  private static func attempt(
    _ path: String, _ expected: ExpectedVersion, count: Int = 1, to streamID: String = "a"
  ) -> Outcome {
    do {
      var configuration = TestStore.configuration(clockMicros: 1_700_000_000_000_000)
      configuration.busyTimeoutMilliseconds = 60_000
      let store = try EventStore(path: path, access: .readWrite, configuration: configuration)
      let events = try store.append(
        (0..<count).map(NewEvent.numbered), to: streamID, expecting: expected)
      return .positions(events.map(\.position))
    } catch let error as AppendError {
      return .refused(error)
    } catch {
      return .failed("\(error)")
    }
  }

  @Test("of two handles that know the same version, the second to append is refused")
  func twoHandles() throws {
    let (first, second) = (try file.open(), try file.open())
    try first.append((0...2).map(NewEvent.numbered), to: "a")
    #expect(try first.version(of: "a") == 2)
    #expect(try second.version(of: "a") == 2)
    try first.append([.numbered(3)], to: "a", expecting: .exactly(2))
    let error = AppendError.wrongExpectedVersion(
      streamID: "a", expected: .exactly(2), actual: 3)
    #expect(throws: error) {
      try second.append([.numbered(99)], to: "a", expecting: .exactly(2))
    }
    #expect(try second.events().map(\.data) == (0...3).map { NewEvent.numbered($0).data })
    #expect(try first.events() == (try second.events()))
  }

  @Test("a handle that wrote reads what others wrote since")
  func freshReads() throws {
    let (first, second) = (try file.open(), try file.open())
    try first.append([.numbered(0)], to: "a")
    try second.append([.numbered(1)], to: "a")
    #expect(try first.events().count == 2)
    #expect(try first.head().position == 2)
    #expect(try first.version(of: "a") == 1)
  }

  @Test("a handle that wrote appends after what others wrote since, with any expectation")
  func freshWrites() throws {
    let handles = [try file.open(), try file.open(), try file.open()]
    for round in 0..<9 {
      let events = try handles[round % 3].append(
        [.numbered(round)], to: "a", expecting: round == 0 ? .noStream : .exactly(Int64(round - 1)))
      #expect(events.map(\.streamPosition) == [Int64(round)])
    }
    try file.verify()
  }

  @Test("a reader keeps its view while another handle writes")
  func snapshot() throws {
    let (reader, writer) = (try file.open(.readOnly), try file.open())
    try writer.append([.numbered(0)], to: "a")
    try reader.read { log in
      #expect(try log.head().position == 1)
      try writer.append([.numbered(1)], to: "a")
      #expect(try log.head().position == 1)
      #expect(try log.version(of: "a") == 0)
    }
    #expect(try reader.version(of: "a") == 1)
  }

  @Test("a writer that waits in vain reports a busy file")
  func busy() throws {
    var configuration = file.configuration()
    configuration.busyTimeoutMilliseconds = 50
    let impatient = try EventStore(
      path: file.path, access: .readWrite, configuration: configuration)
    try file.open().write { _ in
      let error = #expect(throws: DatabaseError.self) {
        try impatient.append([.numbered(1)], to: "a")
      }
      #expect(error?.kind == .busy)
    }
    #expect(try impatient.append([.numbered(1)], to: "a").map(\.position) == [1])
  }

  @Test("of 8 threads that expect no stream, one wins and the others see its version")
  func raceForNewStream() throws {
    let path = file.path
    let outcomes = onThreads(8) { _ in Self.attempt(path, .noStream) }
    let refusal = AppendError.wrongExpectedVersion(
      streamID: "a", expected: .noStream, actual: 0)
    #expect(outcomes.count { $0 == .positions([1]) } == 1)
    #expect(outcomes.count { $0 == .refused(refusal) } == 7)
    #expect(try file.verify().events == 1)
  }

  @Test("of 4 threads that expect the same version, one wins and the others see the next")
  func raceForVersion() throws {
    try file.open().append((0...2).map(NewEvent.numbered), to: "a")
    let path = file.path
    let outcomes = onThreads(4) { _ in Self.attempt(path, .exactly(2)) }
    let refusal = AppendError.wrongExpectedVersion(
      streamID: "a", expected: .exactly(2), actual: 3)
    #expect(outcomes.count { $0 == .positions([4]) } == 1)
    #expect(outcomes.count { $0 == .refused(refusal) } == 3)
    #expect(try file.open().version(of: "a") == 3)
    #expect(try file.verify().events == 4)
  }

  @Test(
    "two appends of 10,000 events at once stand one after the other, on one stream or on two",
    arguments: [["a", "b"], ["a", "a"]])
  func largeBatches(_ streamIDs: [String]) throws {
    let path = file.path
    let outcomes = onThreads(2) { index in
      Self.attempt(path, .any, count: 10_000, to: streamIDs[index])
    }
    let first = Outcome.positions(Array(1...10_000))
    let second = Outcome.positions(Array(10_001...20_000))
    #expect(Set(outcomes) == [first, second])
    #expect(try file.open(.readOnly).head().commitNumber == 2)
  }

  @Test("8 threads that expect anything all append, without holes and not interleaved")
  func raceWithoutExpectation() throws {
    let path = file.path
    let outcomes = onThreads(8) { _ in Self.attempt(path, .any, count: 100) }
    var starts: Set<Int64> = []
    for outcome in outcomes {
      guard case .positions(let positions) = outcome, let start = positions.first else {
        Issue.record("\(outcome)")
        continue
      }
      #expect(positions == Array(start..<start + 100))
      starts.insert(start)
    }
    #expect(starts == Set((0..<8).map { $0 * 100 + 1 }))
    #expect(try file.verify().commits == 8)
  }
}
