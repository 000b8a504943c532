internal import SQLite

/// What `verify` found in an intact store.
package struct VerifiedLog: Hashable, Sendable {
  package let commits: Int64
  package let events: Int64
  package let headHash: Digest256
}

/// What is wrong with a store, and the first global position where; nil if no event is to blame.
package struct StoreProblem: Error, Hashable, Sendable {
  package let position: Int64?
  package let problem: String

  package init(position: Int64?, problem: String) {
    (self.position, self.problem) = (position, problem)
  }
}

extension StoreFileError {
  /// The store at `path` has `problem`.
  package init(_ problem: StoreProblem, path: String) {
    self = .damaged(path: path, position: problem.position, problem: problem.problem)
  }
}

/// A position that can't be verified from: commits are checked whole.
public struct InsideCommitError: Error, Hashable, Sendable {
  /// The position in question.
  public let position: Int64
  /// From where the commit before ends to where the one with `position` does.
  public let ends: ClosedRange<Int64>
}

extension ReadTransaction {
  /// Checks everything that a store promises, in constant memory: schema and guards, SQLite's own
  /// structures, the hash chain, dense positions, increasing times, personal text, look-up tables, and
  /// every projection against a fresh fold.
  ///
  /// Two passes read the log, side by side where the file allows it: one knows only bytes, the other
  /// hands each commit, upcast, to `check`, together with fresh copies of all projections. `check` throws
  /// a `StoreProblem` if the commit breaks a rule, and returns its events for the copies. With `trusted`
  /// above 0, hashes are checked only after that position, which must be the end of a commit; `check`
  /// sees all commits. `progress` is told how many events of how many are checked.
  ///
  /// Throws `StoreFileError.damaged` for the problem at the lowest position, and `InsideCommitError`.
  package func verify(
    from trusted: Int64 = 0,
    progress: @escaping (_ done: Int64, _ total: Int64) -> Void = { _, _ in },
    check: ([RecordedEvent], ProjectionCopies) throws -> [ProjectedEvent]
  ) throws -> VerifiedLog {
    do {
      return try StoreVerifier(self, trusted, progress).verify(check)
    } catch let problem as StoreProblem {
      throw StoreFileError(problem, path: store.path)
    }
  }
}

/// Lets two passes over a log run, and says which of the problems that they find comes first.
private struct StoreVerifier {
  /// A shorter log is verified before a thread has started.
  private static let eventsWorthAThread: Int64 = 4_096
  private static let commitsBetweenReports = 512

  let log: ReadTransaction
  let progress: (_ done: Int64, _ total: Int64) -> Void
  let course = VerifyCourse()
  /// The end of the log as this transaction sees it: others may go on writing.
  let end: LogEnd
  /// Where the chain pass begins.
  let start: ChainPass.Place

  private var store: EventStore { log.store }
  private var database: Database { store.database }

  init(
    _ log: ReadTransaction, _ trusted: Int64,
    _ progress: @escaping (_ done: Int64, _ total: Int64) -> Void
  ) throws {
    (self.log, self.progress) = (log, progress)
    // Everything is read anew, whatever this handle has seen before.
    log.store.forgetWhatWasRead()
    try ExpectedSchema.check(log.store)
    _ = try log.store.snapshotPolicy()
    end = try LogEnd(log.store.database)
    start = try ChainPass.Place(log.store.database, at: trusted, end)
  }

  func verify(_ check: ([RecordedEvent], ProjectionCopies) throws -> [ProjectedEvent]) throws
    -> VerifiedLog
  {
    let side = end.position > Self.eventsWorthAThread ? startChainThread() : nil
    let first = side == nil ? checkChain() : nil
    let content = Result { try readContent(check) }
    let copies = content.flatMap { copies in Result { try checkCopies(copies) } }
    let file = course.takeFile() ? Result { try FileCheck(database).run() } : nil
    let second = side?.join { progress(course.done, end.position) }
    // Without a second connection, the passes run one after the other.
    let chain = first ?? second.flatMap(\.self) ?? checkChain()
    try throwFirstProblem(chain, content.map { _ in })
    let verified = try chain.get()
    try FileCheck(database).checkCounts(verified)
    try (file ?? verified.file)?.get()
    try copies.get()
    // What was trusted must still have lost just the texts that were erased since.
    if start.position > 0 { try log.checkErasures() }
    return VerifiedLog(
      commits: verified.place.commitNumber, events: verified.place.position,
      headHash: verified.place.hash)
  }

  // MARK: The chain pass

  /// Nil as result if the file allows no second connection, or that one doesn't see this log.
  private func startChainThread() -> SideThread<Result<VerifiedChain, any Error>?>? {
    guard let sibling = database.sibling else { return nil }
    let (catalog, course, end, start) = (store.configuration.catalog, course, end, start)
    return SideThread {
      guard let database = try? sibling.open(cacheKibibytes: StoreFile.cacheKibibytes),
        (try? end.isSeen(by: database)) == true
      else {
        return nil
      }
      return VerifiedChain.checking(database, after: start, end, catalog, course)
    }
  }

  private func checkChain() -> Result<VerifiedChain, any Error> {
    VerifiedChain.checking(database, after: start, end, store.configuration.catalog, course)
  }

  // MARK: The content pass

  private func readContent(
    _ check: ([RecordedEvent], ProjectionCopies) throws -> [ProjectedEvent]
  ) throws -> ProjectionCopies {
    do {
      let copies = try ProjectionCopies(store, of: store.projections.stored)
      // What personal text says is no rule's business; the chain pass checks it.
      let reader = try CommitReader(log, includesPersonalText: copies.includesPersonalText)
      let erasures = try Erasures(database)
      var commit: [RecordedEvent] = []
      var commits = 0
      try reader.next(into: &commit)
      while let first = commit.first, course.reaches(first.position) {
        for event in commit { try erasures.check(event, log) }
        for index in commit.indices where !log.isCurrent(commit[index]) {
          commit[index] = try log.current(commit[index])
        }
        try copies.apply(try check(commit, copies), log)
        course.passed(commit.last?.position ?? first.position, .content)
        commits += 1
        if commits.isMultiple(of: Self.commitsBetweenReports) {
          progress(course.done, end.position)
        }
        try reader.next(into: &commit)
      }
      try copies.flush()
      return copies
    } catch {
      if let position = StoreProblem(error)?.position { course.stop(at: position) }
      throw error
    }
  }

  private func checkCopies(_ copies: ProjectionCopies) throws {
    guard course.isClear else { return }
    try copies.check(head: end.position)
    try log.checkSubscriptions(head: end.position)
  }

  // MARK: Which comes first

  /// Throws the problem at the lowest position. Where both passes blame one commit, the chain pass says
  /// what is wrong, and the content pass which event of it is to blame.
  private func throwFirstProblem(
    _ chain: Result<VerifiedChain, any Error>, _ content: Result<Void, any Error>
  ) throws {
    let suspect = content.error.flatMap { StoreProblem($0) }?.position
    guard let broken = chain.error as? ChainPass.Problem else {
      // What is wrong with the log says more than that a page can't be read.
      if suspect != nil { try content.get() }
      _ = try (chain.get(), content.get())
      return
    }
    var position = broken.position
    if let suspect {
      if suspect < broken.commit.lowerBound { try content.get() }
      if broken.isOfWholeCommit, broken.commit.contains(suspect) { position = suspect }
    }
    throw StoreProblem(position: position, problem: broken.text)
  }
}

extension Result {
  fileprivate var error: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}

extension StoreProblem {
  /// What `error` says about the log; nil if it says nothing about that.
  fileprivate init?(_ error: any Error) {
    switch error {
    case let problem as StoreProblem: self = problem
    case let error as EventDecodingError:
      self.init(position: error.position, problem: error.problem)
    case StoreFileError.damaged(_, let position, let problem):
      self.init(position: position, problem: problem)
    default: return nil
    }
  }
}
