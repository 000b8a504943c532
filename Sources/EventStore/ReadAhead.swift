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

  private struct State {
    var ready: [Run] = []
    /// The runs that were handed out last, which somebody may still hold.
    var handedOut: [Run] = []
    /// Runs that nobody holds any more. The thread that made them lets go of them too: memory that one
    /// thread takes and another gives back costs both of them more than all the rest.
    var used: [Run] = []
    var isCancelled = false
  }

  private let state = Mutex(State())
  private let filled = DispatchSemaphore(value: 0)
  // From 0 upward: one that ends below its first value traps.
  private let free = DispatchSemaphore(value: 0)
  private let end = DispatchGroup()

  /// Begins to read what comes after position `start`; nil if the store's file allows no second connection.
  init?(
    _ store: EventStore, after start: Int64, eventsPerRun: Int, includesPersonalText: Bool
  ) {
    guard store.database.sibling != nil else { return nil }
    let source = Source(
      path: store.path, applicationID: store.configuration.applicationID,
      catalog: store.configuration.catalog, decode: store.configuration.decode)
    for _ in 0..<Self.mostReady { free.signal() }
    DispatchQueue.global().async(group: end) { [self] in
      read(source, after: start, eventsPerRun, includesPersonalText)
    }
  }

  /// The next run; empty at the end of the log, and from then on never to be called again.
  func next() throws -> ProjectedCommits {
    filled.wait()
    let run = state.withLock { state in
      let run = state.ready.removeFirst()
      state.handedOut.append(run)
      if state.handedOut.count > 2 { state.used.append(state.handedOut.removeFirst()) }
      return run
    }
    free.signal()
    return try run.get()
  }

  /// To be called at the end, whatever it is. Waits for the thread: its connection is closed then, and
  /// whoever closes the store is the last that has the file open.
  func cancel() {
    state.withLock { $0.isCancelled = true }
    free.signal()
    end.wait()
  }

  private func read(
    _ source: Source, after start: Int64, _ eventsPerRun: Int, _ includesPersonalText: Bool
  ) {
    var through = start
    var store: EventStore?
    while true {
      free.wait()
      let (isCancelled, used) = state.withLock { state in
        defer { state.used.removeAll() }
        return (state.isCancelled, state.used)
      }
      if isCancelled { return }
      withExtendedLifetime(used) {}
      let run = Run {
        let open = try store ?? source.open()
        store = open
        return try open.read {
          try $0.run(
            after: through, events: eventsPerRun, includesPersonalText: includesPersonalText)
        }
      }
      state.withLock { $0.ready.append(run) }
      filled.signal()
      guard let last = (try? run.get())?.lastPosition else { return }
      through = last
    }
  }
}
