import EventStore
import LedgerDomain
import LedgerKit
import Testing
import TestSupport

@Suite("Events as an asynchronous sequence")
struct EventFeedTests {
  private let book: Book
  private let account: AccountID

  init() throws {
    book = try Book()
    account = try book.open("a")
    for _ in 0..<600 { try book.perform(.deposit(Amount("1"), to: account)) }
  }

  private func feed(_ query: EventQuery = EventQuery()) -> EventFeed {
    EventFeed(path: book.path, query) {
      Ledger.Environment(clockMicros: { 0 }, randomBytes: { [UInt8](repeating: 0, count: $0) })
    }
  }

  @Test("gives what there is and what is recorded meanwhile, each once, in order")
  func everything() async throws {
    var positions: [Int64] = []
    for try await event in feed() {
      positions.append(event.position)
      if event.position == 601 {
        for _ in 0..<3 { try book.perform(.deposit(Amount("1"), to: account)) }
      }
      if event.position == 604 { break }
    }
    #expect(positions == Array(1...604))
  }

  @Test("takes the query's conditions, and ends at its limit")
  func limit() async throws {
    var query = EventQuery()
    (query.after, query.limit, query.types) = (500, 300, ["MoneyDeposited"])
    let feed = feed(query)
    _ = try book.open("b")
    for _ in 0..<300 { try book.perform(.deposit(Amount("1"), to: account)) }
    var positions: [Int64] = []
    for try await event in feed { positions.append(event.position) }
    #expect(positions == Array(501...801).filter { $0 != 602 })
  }

  @Test("ends when its task is cancelled, though nothing is recorded")
  func cancelled() async throws {
    let feed = feed()
    let task = Task {
      var count = 0
      for try await _ in feed { count += 1 }
      return count
    }
    while !task.isCancelled { task.cancel() }
    #expect(try await task.value <= 601)
  }

  @Test("throws what opening throws")
  func missing() async throws {
    let feed = EventFeed(path: book.path + ".nowhere") {
      Ledger.Environment(clockMicros: { 0 }, randomBytes: { [UInt8](repeating: 0, count: $0) })
    }
    await #expect(throws: StoreFileError.missing(path: book.path + ".nowhere")) {
      for try await _ in feed {}
    }
  }
}
