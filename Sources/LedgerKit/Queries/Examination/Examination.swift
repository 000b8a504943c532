import EventStore

/// What `doctor` looks at, in the order of its report.
public enum Examination: String, CaseIterable, Sendable {
  /// Whether SQLite finds the file whole, and how large it is.
  case file
  /// How large the log of writes beside it has grown, and why.
  case log
  /// Who may read and write it.
  case permissions
  /// On which kind of disk it is.
  case filesystem
  /// Whether the clock is where the last commit was.
  case clock
  /// Whether this program can read every event.
  case upcasters
  /// Whether the projections can answer.
  case projections
  /// Whether the settings can be read.
  case settings
  /// Whether the snapshots are what the events make of them.
  case snapshots
  /// Whether anything could not be delivered.
  case subscriptions
  /// What earlier commands left in the folder.
  case leftovers
}

/// One thing that an examination looked at.
public struct Finding: Hashable, Sendable {
  /// How bad it is.
  public enum Severity: String, Sendable {
    /// As it should be.
    case none
    /// The ledger works, but not as its user may believe.
    case warning
    /// Something does not work.
    case problem
  }

  /// The examination.
  public let check: Examination
  /// What was looked at.
  public let subject: String
  /// How bad it is.
  public let severity: Severity
  /// What was found and, unless it is as it should be, what to do.
  public let text: String

  init(_ check: Examination, _ subject: String, _ severity: Severity, _ text: String) {
    (self.check, self.subject, self.severity, self.text) = (check, subject, severity, text)
  }

  /// That it is as it should be.
  init(_ check: Examination, _ subject: String, _ text: String) {
    self.init(check, subject, .none, text)
  }
}

extension Ledger {
  /// Looks at one side of the ledger, changes nothing, and calls `report` for each finding.
  ///
  /// Damage that keeps it from looking further is a finding too. Throws what `report` throws, and what the
  /// system refuses.
  public func examine(
    _ examination: Examination, _ report: (Finding) throws -> Void
  ) throws {
    do {
      switch examination {
      case .file: try examineFile(report)
      case .log: try report(examineLog())
      case .permissions: try examinePermissions(report)
      case .filesystem: try report(Finding(on: store.surroundings().fileSystem))
      case .clock: try report(examineClock())
      case .upcasters: try examineUpcasters(report)
      case .projections: try examineProjections(report)
      case .settings: try report(examineSettings())
      case .snapshots: try examineSnapshots(report)
      case .subscriptions: try examineSubscriptions(report)
      case .leftovers: try examineLeftovers(report)
      }
    } catch StoreFileError.damaged(_, let position, let problem) {
      let place = position.map { "position \($0)" } ?? "all"
      try report(Finding(examination, place, .problem, "\(problem); see: ledger verify"))
    }
  }
}
