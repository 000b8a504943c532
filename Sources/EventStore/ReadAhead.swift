import Dispatch
internal import SQLite
import Synchronization

/// Reads the log ahead of whoever applies it, on a thread and a connection of its own: reading and decoding
/// takes about as long as a projection or two.
final class ReadAhead: Sendable {
  /// How many runs are kept ready at most.
  private static let mostReady = 2
  private static let cacheKibibytes = 2_048

  private typealias Run = Result<ProjectedCommits, any Error>

  /// What the thread needs of the store.
  private struct Source: Sendable {
    let path: String
    let applicationID: Int32
    let catalog: EventCatalog?
    let decode: @Sendable (RecordedEvent) throws -> (any AnyObject & Sendable)?

    func open() throws -> EventStore {
      var configuration = EventStore.Configuration(applicationID: applicationID) { 0 }
      (configuration.catalog, configuration.decode) = (catalog, decode)
      let store = try EventStore(path: path, access: .readOnly, configuration: configuration)
      // Whoever reads a log from end to end comes to no page twice.
      try store.database.execute("PRAGMA cache_size = -\(ReadAhead.cacheKibibytes)")
      return store
    }
  }

  private let ready = Mutex<(runs: [Run], isCancelled: Bool)>(([], false))
  private let filled = DispatchSemaphore(value: 0)
  // From 0 upward: one that ends below its first value traps.
  private let free = DispatchSemaphore(value: 0)

  /// Begins to read what comes after position `start`; nil if the store's file allows no second connection.
  init?(
    _ store: EventStore, after start: Int64, eventsPerRun: Int, includesPersonalText: Bool
  ) {
    guard store.database.sibling != nil else { return nil }
    let source = Source(
      path: store.path, applicationID: store.configuration.applicationID,
      catalog: store.configuration.catalog, decode: store.configuration.decode)
    for _ in 0..<Self.mostReady { free.signal() }
    DispatchQueue.global().async { [self] in
      read(source, after: start, eventsPerRun, includesPersonalText)
    }
  }

  /// The next run; empty at the end of the log, and from then on never to be called again.
  func next() throws -> ProjectedCommits {
    filled.wait()
    let run = ready.withLock { $0.runs.removeFirst() }
    free.signal()
    return try run.get()
  }

  /// To be called at the end, whatever it is.
  func cancel() {
    ready.withLock { $0.isCancelled = true }
    free.signal()
  }

  private func read(
    _ source: Source, after start: Int64, _ eventsPerRun: Int, _ includesPersonalText: Bool
  ) {
    var through = start
    var store: EventStore?
    while true {
      free.wait()
      if ready.withLock({ $0.isCancelled }) { return }
      let run = Run {
        let open = try store ?? source.open()
        store = open
        return try open.read {
          try $0.run(
            after: through, events: eventsPerRun, includesPersonalText: includesPersonalText)
        }
      }
      ready.withLock { $0.runs.append(run) }
      filled.signal()
      guard let last = (try? run.get())?.lastPosition else { return }
      through = last
    }
  }
}
