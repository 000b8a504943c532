public import EventStore
public import LedgerDomain

/// A copy of a whole ledger that was checked like the ledger itself.
public struct LedgerCopy: Hashable, Sendable {
  /// The ledger that it is a copy of.
  public let ledgerID: String
  /// Its file.
  public let path: String
  /// How much it holds, all of which was checked.
  public let content: Verification
  /// When its last commit was recorded; nil if there is none.
  public let lastRecordedAt: Instant?
  /// How large the file is.
  public let bytes: Int64

  /// Global position of its last event; 0 if there is none.
  public var position: Int64 { content.events }
}

/// What copying a ledger is at.
public enum CopyStage: Sendable {
  /// Writing the copy: counts pages.
  case copying
  /// Checking it: counts events.
  case verifying
}

extension Ledger {
  /// Copies the ledger at `path`, as of one moment, to a new file, while others go on writing to it.
  ///
  /// The copy holds all commits up to a position, with their hashes; it is one plain file, readable by its
  /// owner alone, and takes its name only once it passed `verify`. If anything fails there is no such file.
  /// A ledger of an older format stays one, and its copy is verified as it would be once it is migrated.
  ///
  /// Throws `StoreFileError`: `alreadyExists` if anything stands at `destination`, `damaged` if what was
  /// copied does not verify.
  public static func backUp(
    _ path: String, to destination: String, busyTimeoutMilliseconds: Int = 5_000,
    environment: Environment,
    progress: @escaping (_ stage: CopyStage, _ done: Int64, _ total: Int64) -> Void = { _, _, _ in }
  ) throws -> LedgerCopy {
    let maker = CopyMaker(busyTimeoutMilliseconds, environment, progress)
    return try maker.copy(path, to: destination, for: .backup, against: [])
  }

  /// Makes the ledger `path` from a backup, as `backUp` makes a backup from a ledger.
  ///
  /// Throws `StoreFileError` like that, also `damaged` if the backup does not hold the history of one of
  /// `heads`: it was made before, or its ledger has gone on otherwise since.
  public static func restore(
    _ path: String, from backup: String, against heads: [NotedHead] = [],
    busyTimeoutMilliseconds: Int = 5_000, environment: Environment,
    progress: @escaping (_ stage: CopyStage, _ done: Int64, _ total: Int64) -> Void = { _, _, _ in }
  ) throws -> LedgerCopy {
    let maker = CopyMaker(busyTimeoutMilliseconds, environment, progress)
    return try maker.copy(backup, to: path, for: .restore, against: heads)
  }
}

/// Copies ledgers and checks the copies.
private struct CopyMaker {
  let options: (Access) -> Ledger.Options
  let environment: Ledger.Environment
  let progress: (CopyStage, Int64, Int64) -> Void

  typealias Access = EventStore.Access

  init(
    _ busyTimeoutMilliseconds: Int, _ environment: Ledger.Environment,
    _ progress: @escaping (CopyStage, Int64, Int64) -> Void
  ) {
    options = { access in
      var options = Ledger.Options(access: access)
      options.busyTimeoutMilliseconds = busyTimeoutMilliseconds
      return options
    }
    (self.environment, self.progress) = (environment, progress)
  }

  private var configuration: EventStore.Configuration {
    Ledger.configuration(options(.readOnly), environment)
  }

  func copy(
    _ path: String, to destination: String, for purpose: EventStore.CopyPurpose,
    against heads: [NotedHead]
  ) throws -> LedgerCopy {
    do {
      let copy = try EventStore.copy(
        path, to: destination, for: purpose, configuration: configuration,
        progress: { progress(.copying, $0, $1) }, check: { try check($0, against: heads) })
      return LedgerCopy(
        ledgerID: copy.checked.ledgerID, path: destination, content: copy.checked.content,
        lastRecordedAt: copy.checked.lastRecordedAt, bytes: copy.bytes)
    } catch StoreFileError.damaged(_, let position, let problem) {
      // Of the copy, which is gone: what is wrong with it is wrong with what was copied.
      throw StoreFileError.damaged(path: path, position: position, problem: problem)
    }
  }

  private typealias Checked = (
    ledgerID: String, content: Verification, lastRecordedAt: Instant?
  )

  private func check(_ draft: String, against heads: [NotedHead]) throws -> Checked {
    do {
      return try verify(
        Ledger(path: draft, options: options(.readOnly), environment: environment), heads)
    } catch StoreFileError.tooOld, StoreFileError.projectionOutdated {
      return try EventStore.withTrialCopy(of: draft, configuration: configuration) { trial in
        // Nobody needs to know what is brought up to date only to look at it.
        var environment = environment
        environment.onNotice = { _ in }
        let ledger = try Ledger(path: trial, options: options(.readWrite), environment: environment)
        try ledger.bringUpToDate()
        return try verify(ledger, heads)
      }
    }
  }

  private func verify(_ ledger: Ledger, _ heads: [NotedHead]) throws -> Checked {
    let content = try ledger.verify(against: heads) { progress(.verifying, $0, $1) }
    let recordedAt = try ledger.store.read { try $0.head().recordedAtMicros }
    return (ledger.id, content, recordedAt.map { Instant(micros: $0) })
  }
}
