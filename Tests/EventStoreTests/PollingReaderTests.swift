import EventStore
import Foundation
import Synchronization
import Testing

@Suite("Readers that follow the log while it is written")
struct PollingReaderTests {
  /// Batches that writers take one by one, and how many writers are still at work.
  private final class Work: Sendable {
    private let state: Mutex<(batches: [Int], writers: Int)>

    init(batches: [Int], writers: Int) { state = Mutex((batches.reversed(), writers)) }

    /// The number of events in the next batch; nil if none is left.
    func next() -> Int? { state.withLock { $0.batches.popLast() } }

    func writerIsDone() { state.withLock { $0.writers -= 1 } }

    var isDone: Bool { state.withLock { $0.writers == 0 } }
  }

  private enum Outcome: Sendable {
    case wrote([[Int64]])
    case read([[Int64]])
    case failed(String)
  }

  let file: TestStore

  init() throws { file = try TestStore() }

  private static func open(_ path: String, _ access: EventStore.Access) throws -> EventStore {
    var configuration = TestStore.configuration(clockMicros: 1_700_000_000_000_000)
    configuration.busyTimeoutMilliseconds = 60_000
    configuration.durability = .normal
    return try EventStore(path: path, access: access, configuration: configuration)
  }

  /// Appends batch after batch until none is left; the positions of each.
  private static func write(_ path: String, _ writer: Int, _ work: Work) throws -> [[Int64]] {
    defer { work.writerIsDone() }
    let store = try open(path, .readWrite)
    var batches: [[Int64]] = []
    while let count = work.next() {
      let events = try store.append((0..<count).map(NewEvent.numbered), to: "s\(writer)")
      batches.append(events.map(\.position))
    }
    return batches
  }

  /// Asks for what is new, at most `limit` events at a time, until all is written and read; what
  /// each question gave.
  private static func follow(_ path: String, _ limit: Int, _ work: Work) throws -> [[Int64]] {
    let store = try open(path, .readOnly)
    var (answers, query) = ([[Int64]](), EventQuery())
    query.limit = limit
    while true {
      let isDone = work.isDone
      let positions = try store.events(query).map(\.position)
      guard let last = positions.last else {
        if isDone { return answers }
        continue
      }
      query.after = last
      answers.append(positions)
    }
  }

  /// Lets `writers` share the batches while `readers` follow; what each of them found.
  private func run(
    batches: [Int], writers: Int, readers: Int, limit: Int
  ) -> (written: [[Int64]], read: [[[Int64]]], failures: [String]) {
    let (path, work) = (file.path, Work(batches: batches, writers: writers))
    let outcomes = onThreads(writers + readers) { index -> Outcome in
      do {
        return index < writers
          ? .wrote(try Self.write(path, index, work)) : .read(try Self.follow(path, limit, work))
      } catch {
        return .failed("\(error)")
      }
    }
    var found: (written: [[Int64]], read: [[[Int64]]], failures: [String]) = ([], [], [])
    for outcome in outcomes {
      switch outcome {
      case .wrote(let batches): found.written += batches
      case .read(let answers): found.read.append(answers)
      case .failed(let problem): found.failures.append(problem)
      }
    }
    return found
  }

  @Test("a reader never sees a position before the one below it, and in the end each once")
  func inOrder() throws {
    let batches = (0..<400).map { 1 + $0 % 3 }
    let found = run(batches: batches, writers: 8, readers: 1, limit: 7)
    #expect(found.failures == [])
    let count = Int64(batches.reduce(0, +))
    let answers = try #require(found.read.first)
    #expect(answers.flatMap(\.self) == Array(1...count))
    #expect(answers.allSatisfy { $0.count <= 7 })
    #expect(answers.count > 1)
    #expect(found.written.count == batches.count)
  }

  @Test("10 writers that share 100 batches of 100 events, and 2 readers: no error, 10,000 events")
  func sharedBatches() throws {
    let found = run(
      batches: Array(repeating: 100, count: 100), writers: 10, readers: 2, limit: 1_000)
    #expect(found.failures == [])
    #expect(found.written.count == 100)
    for batch in found.written {
      #expect(batch == (0..<100).map { batch[0] + $0 })
    }
    #expect(found.written.flatMap(\.self).sorted() == Array(1...10_000))
    #expect(found.read.count == 2)
    for answers in found.read { #expect(answers.flatMap(\.self) == Array(1...10_000)) }
    #expect(try file.verify().events == 10_000)
  }
}
