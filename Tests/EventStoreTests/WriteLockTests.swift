import EventStore
import Foundation
import Testing

@Suite("Waiting for the writer")
struct WriteLockTests {
  let file: TestStore

  init() throws {
    file = try TestStore()
    try file.open().append([.numbered(0)], to: "a")
  }

  private struct Seen: Hashable, Sendable {
    var whileReading: Int64?
    var whenWriting: Int64?
    var positions: [Int64] = []
  }

  /// A reader that wants to write while another writer is at work; throws what it meets.
  private static func readThenWrite(
    _ path: String, hasRead: DispatchSemaphore, isLocked: DispatchSemaphore
  ) throws -> Seen {
    var seen = Seen()
    let store = try EventStore(
      path: path, access: .readWrite,
      configuration: TestStore.configuration(clockMicros: 1_700_000_000_000_000))
    seen.whileReading = try store.read { log in
      _ = try log.version(of: "a")
      hasRead.signal()
      isLocked.wait()
      return try log.version(of: "a")
    }
    let append = { StreamAppend(streamID: "a", expectedVersion: $0, events: [.numbered(2)]) }
    try store.write { transaction in
      let version = try transaction.log.version(of: "a")
      seen.whenWriting = version
      seen.positions = try transaction.append(
        NewCommit([append(version.map { .exactly($0) } ?? .noStream)])
      ).map(\.position)
    }
    return seen
  }

  /// Holds the write lock for a while, then commits.
  private static func holdLock(
    _ path: String, hasRead: DispatchSemaphore, isLocked: DispatchSemaphore
  ) throws -> Seen {
    // Whatever happens here, the reader must not wait for ever.
    defer { isLocked.signal() }
    hasRead.wait()
    let store = try EventStore(
      path: path, access: .readWrite,
      configuration: TestStore.configuration(clockMicros: 1_700_000_000_000_000))
    let append = StreamAppend(streamID: "a", expectedVersion: .any, events: [.numbered(1)])
    try store.write { transaction in
      try transaction.append(NewCommit([append]))
      isLocked.signal()
      Thread.sleep(forTimeInterval: 0.3)
    }
    return Seen()
  }

  @Test("who read before another wrote waits to write, and decides on what the other left")
  func waits() throws {
    let path = file.path
    let (hasRead, isLocked) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let outcomes = onThreads(2) { index in
      Result {
        index == 0
          ? try Self.readThenWrite(path, hasRead: hasRead, isLocked: isLocked)
          : try Self.holdLock(path, hasRead: hasRead, isLocked: isLocked)
      }
    }
    let seen = Set(try outcomes.map { try $0.get() })
    #expect(seen == [Seen(), Seen(whileReading: 0, whenWriting: 1, positions: [3])])
    #expect(try file.verify().commits == 3)
  }

  @Test("writing in the middle of one's own read is refused, and the read goes on")
  func insideRead() throws {
    let (store, other) = (try file.open(), try file.open())
    try store.read { log in
      #expect(throws: AppendError.insideTransaction) { try store.append([.numbered(9)], to: "a") }
      // The refused writer holds no lock.
      try other.append([.numbered(1)], to: "a")
      #expect(throws: AppendError.insideTransaction) { try store.append([.numbered(9)], to: "a") }
      #expect(throws: AppendError.insideTransaction) { try store.rehearse { _ in } }
      #expect(try log.version(of: "a") == 0)
    }
    #expect(try store.append([.numbered(2)], to: "a", expecting: .exactly(1))[0].position == 3)
    try file.verify()
  }

  @Test("writing in the middle of one's own write is refused, and the outer one goes on")
  func insideWrite() throws {
    let store = try file.open()
    let append = StreamAppend(streamID: "a", expectedVersion: .exactly(0), events: [.numbered(1)])
    try store.write { transaction in
      #expect(throws: AppendError.insideTransaction) { try store.append([.numbered(9)], to: "a") }
      try transaction.append(NewCommit([append]))
      #expect(throws: AppendError.insideTransaction) { try store.rehearse { _ in } }
    }
    let data = try file.open(.readOnly).events().map(\.data)
    #expect(data == (0...1).map { NewEvent.numbered($0).data })
    try file.verify()
  }
}
