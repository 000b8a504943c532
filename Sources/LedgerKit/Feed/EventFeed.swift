import Dispatch
public import EventStore
import Synchronization

/// A ledger's events as an asynchronous sequence: those that there are, and then what anybody records.
///
/// Every iterator opens the ledger by itself, reads on a thread of its own and no further than it is asked,
/// give or take a few hundred events. It ends at the query's limit, or once its task is cancelled.
public struct EventFeed: AsyncSequence, Sendable {
  private let path: String
  private let query: EventQuery
  private let environment: @Sendable () -> Ledger.Environment

  /// The events of the ledger at `path` that `query` asks for, which is neither reversed nor has an end.
  public init(
    path: String, _ query: EventQuery = EventQuery(),
    environment: @escaping @Sendable () -> Ledger.Environment
  ) {
    precondition(!query.isReversed && query.through == nil, "what is followed has no end")
    (self.path, self.query, self.environment) = (path, query, environment)
  }

  /// An iterator that begins with the first event.
  public func makeAsyncIterator() -> Iterator {
    Iterator(reader: Reader(path: path, query, environment))
  }

  /// One reader of the sequence.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let reader: Reader
    private var ready: ArraySlice<RecordedEvent> = []

    fileprivate init(reader: Reader) { self.reader = reader }

    /// The next event, once there is one; nil at the query's limit, or if the task is cancelled.
    ///
    /// Throws what opening the ledger and reading it throw.
    public mutating func next() async throws -> RecordedEvent? {
      if ready.isEmpty { ready = try await reader.nextEvents()[...] }
      return ready.popFirst()
    }
  }
}

/// Reads on a queue of its own, to which everything in it is confined.
private final class Reader: @unchecked Sendable {
  private static let mostReady = 256

  private let path: String
  private let environment: @Sendable () -> Ledger.Environment
  private let queue = DispatchQueue(label: "ledger.feed")
  private let isCancelled = Atomic<Bool>(false)
  private var rest: EventQuery
  private var source: (ledger: Ledger, watch: ChangeWatch)?

  init(
    path: String, _ query: EventQuery, _ environment: @escaping @Sendable () -> Ledger.Environment
  ) {
    (self.path, rest, self.environment) = (path, query, environment)
  }

  /// Some of the next events, once there are any; none at the end.
  func nextEvents() async throws -> [RecordedEvent] {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        queue.async { continuation.resume(with: Result { try self.read() }) }
      }
    } onCancel: {
      isCancelled.store(true, ordering: .relaxed)
    }
  }

  private func read() throws -> [RecordedEvent] {
    let (ledger, watch) = try open()
    while rest.limit != 0, !isCancelled.load(ordering: .relaxed) {
      let head = try ledger.store.read { try $0.head().position }
      if head > rest.after ?? 0 {
        let events = try events(through: head, of: ledger)
        if !events.isEmpty { return events }
      } else {
        _ = watch.wait()
      }
    }
    return []
  }

  private func events(through head: Int64, of ledger: Ledger) throws -> [RecordedEvent] {
    var part = rest
    part.through = head
    part.limit = min(rest.limit ?? .max, Self.mostReady)
    var events: [RecordedEvent] = []
    try ledger.forEachEvent(part) { events.append($0) }
    rest.after = events.count == part.limit ? events.last?.position : head
    rest.limit = rest.limit.map { $0 - events.count }
    return events
  }

  private func open() throws -> (ledger: Ledger, watch: ChangeWatch) {
    if let source { return source }
    let ledger = try Ledger(
      path: path, options: .init(access: .readOnly), environment: environment())
    let source = (ledger, ledger.watch())
    self.source = source
    return source
  }
}
