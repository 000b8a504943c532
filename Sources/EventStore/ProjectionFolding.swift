internal import SQLite

/// A run of whole commits, ready for projections.
struct ProjectedCommits: Sendable {
  /// The events in order, with what the program made of each.
  let events: [ProjectedEvent]

  /// The end of the last commit; nil if there is none.
  var lastPosition: Int64? { events.last?.recorded.position }
}

extension ReadTransaction {
  /// Calls `body` with all commits after the one that ends at `start`, up to `through`, in runs of about
  /// `eventsPerRun`.
  ///
  /// Throws what decoding an event throws; what came before has been handed out then.
  func forEachRun(
    after start: Int64, through end: Int64 = .max, eventsPerRun: Int, includesPersonalText: Bool,
    _ body: (ProjectedCommits) throws -> Void
  ) throws {
    let reader = try CommitReader(
      self, after: start, through: end, includesPersonalText: includesPersonalText)
    var run: [ProjectedEvent] = []
    run.reserveCapacity(eventsPerRun)
    var commit: [RecordedEvent] = []
    try reader.next(into: &commit)
    while !commit.isEmpty {
      do {
        for event in commit {
          let current = try current(event)
          run.append(ProjectedEvent(current, content: try store.configuration.decode(current)))
        }
      } catch {
        run.removeAll { $0.recorded.commit.header.number == commit[0].commit.header.number }
        if !run.isEmpty { try body(ProjectedCommits(events: run)) }
        throw error
      }
      if run.count >= eventsPerRun {
        try body(ProjectedCommits(events: run))
        run.removeAll(keepingCapacity: true)
      }
      try reader.next(into: &commit)
    }
    if !run.isEmpty { try body(ProjectedCommits(events: run)) }
  }
}

extension ReadTransaction {
  private struct Enough: Error {}

  /// The commits after the one that ends at `start`, about `events` events of them. Throws what decoding
  /// the first throws.
  func run(
    after start: Int64, events: Int, includesPersonalText: Bool
  ) throws -> ProjectedCommits {
    var first = ProjectedCommits(events: [])
    do {
      try forEachRun(
        after: start, eventsPerRun: events, includesPersonalText: includesPersonalText
      ) { run in
        first = run
        throw Enough()
      }
    } catch is Enough {
      // More is not wanted.
    }
    return first
  }
}

/// Projections that see the same events, over tables in one place.
struct ProjectionFold {
  private static let eventsPerRun = 1_024

  let projections: [any Projection]
  let includesPersonalText: Bool

  init(_ types: [any Projection.Type], _ database: Database, in place: TablePlace) {
    projections = types.map { $0.init(database, in: place) }
    includesPersonalText = types.contains { $0.keepsPersonalText }
  }

  /// Applies everything after `start` up to `end`, and writes it to the tables.
  func fold(after start: Int64, through end: Int64, _ log: ReadTransaction) throws {
    try log.forEachRun(
      after: start, through: end, eventsPerRun: Self.eventsPerRun,
      includesPersonalText: includesPersonalText
    ) { try apply($0, log) }
    try flush()
  }

  /// Writes what waits in memory.
  func flush() throws { for projection in projections { try projection.flush() } }

  /// Applies events without writing what may wait. Throws `ProjectionFailure` at one that can't be applied.
  func apply(_ commits: ProjectedCommits, _ log: ReadTransaction) throws {
    for projection in projections { try apply(commits.events, to: projection, log) }
  }

  /// Generic, so that what a projection does is looked up once for all events.
  private func apply<P: Projection>(
    _ events: [ProjectedEvent], to projection: P, _ log: ReadTransaction
  ) throws {
    for event in events {
      do {
        try projection.apply(event, log)
      } catch {
        throw try ProjectionFailure(P.name, at: event.recorded.position, error)
      }
    }
  }
}

/// A projection's own no to an event.
struct ProjectionFailure: Error {
  let stop: ProjectionStop
  let cause: any Error

  /// Throws `error` instead where it is the file's or the disk's fault.
  init(_ name: String, at position: Int64, _ error: any Error) throws {
    cause = error
    switch error {
    case let problem as StoreProblem:
      // What it names may come from the file.
      let named = problem.position.flatMap { $0 > 0 && $0 <= position ? $0 : nil }
      stop = .init(name: name, position: named ?? position, problem: problem.problem)
    case let error as EventDecodingError:
      stop = .init(name: name, position: error.position, problem: error.problem)
    case is DatabaseError, is StoreFileError: throw error
    default: stop = .init(name: name, position: position, problem: "\(error)")
    }
  }
}
