import EventStore
import JSONText
import LedgerBench
import LedgerDomain
import LedgerEvents
import LedgerImport
import LedgerKit
import SQLite

/// The exit statuses of the program (sysexits.h, and 1 for a rule's no).
enum ExitStatus {
  static let done: Int32 = 0
  static let refused: Int32 = 1
  static let usage: Int32 = 64
  static let badData: Int32 = 65
  static let notFound: Int32 = 66
  static let cannotCreate: Int32 = 73
  static let inputOutput: Int32 = 74
  static let busy: Int32 = 75
}

/// An error as the user meets it: a status, a stable code, a sentence, facts.
struct Failure: Error {
  let status: Int32
  let code: String
  let message: String
  var facts: [JSONMember] = []

  /// `ledger: insufficient_funds: acct-42 has …`, safe to print on a terminal.
  var sentence: String { "ledger: \(code): \(message)".visible }

  /// The same as a JSON object.
  var json: String {
    let members = [JSONMember("code", .string(code)), JSONMember("message", .string(message))]
    let error = JSONValue.object(members + facts)
    return String(decoding: JSONValue.object([JSONMember("error", error)]).compact, as: UTF8.self)
  }
}

/// A mistake in the words of a command that the argument parser can't see.
package struct UsageError: Error {
  package let message: String
}

extension Failure {
  /// What the program says about `error`; nil if the argument parser has to say it.
  init?(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let rejection as Rejection: self.init(rejection)
    case let error as InstantParseError:
      self.init(
        status: ExitStatus.usage, code: "invalid_instant",
        message: "'\(error.text)' \(error.problem)")
    case let error as InputError: self.init(error)
    case let error as InterruptedImport: self.init(error)
    case let error as StoreFileError: self.init(error)
    case let error as EventDecodingError:
      self.init(
        status: ExitStatus.badData, code: "unknown_event",
        message: "the event at position \(error.position) can't be read: \(error.problem)",
        facts: [JSONMember("position", .integer(error.position))])
    case let problem as StoreProblem:
      let place = problem.position.map { " at position \($0)" } ?? ""
      self.init(
        status: ExitStatus.badData, code: "ledger_damaged",
        message: "the ledger is damaged\(place): \(problem.problem)",
        facts: problem.position.map { [JSONMember("position", .integer($0))] } ?? [])
    case let error as DatabaseError: self.init(error)
    case let error as UnfinishedErasure: self.init(error)
    case let error as RebuildError: self.init(error)
    case let error as SubscriptionError: self.init(error)
    case let error as TooManyRefused:
      self.init(
        status: ExitStatus.refused, code: "too_many_refused",
        message:
          "the command refused \(error.count) events in a row (\(error.problem)), so that it is rather "
          + "to blame than they; put it right, then: ledger subscriptions retry \(error.name), and run "
          + "it again")
    case let error as VersionNotReached:
      self.init(
        status: ExitStatus.busy, code: "version_not_reached",
        message: "\(error.account) has not reached version \(error.version): "
          + (error.reached < 0 ? "it is not there yet" : "it is at version \(error.reached)")
          + "; wait longer with --timeout",
        facts: [
          JSONMember("accountId", .string(error.account.text)),
          JSONMember("asked", .integer(error.version)),
          JSONMember("reached", .integer(error.reached)),
        ])
    case let error as NoPath:
      self.init(
        status: ExitStatus.refused, code: "no_path",
        message:
          "no money got from \(error.from) to \(error.to) in \(error.depth) payments or fewer; "
          + "look further with --depth",
        facts: [
          JSONMember("from", .string(error.from.text)), JSONMember("to", .string(error.to.text)),
          JSONMember("depth", .integer(Int64(error.depth))),
        ])
    case let error as SearchProblem:
      self.init(
        status: ExitStatus.usage, code: "invalid_query",
        message: "the search \(error.problem)")
    case let error as UnknownProjection:
      self.init(
        status: ExitStatus.usage, code: "unknown_projection",
        message:
          "there is no projection '\(error.name)'; choose from: "
          + error.known.joined(separator: ", "))
    case let error as OutputError:
      self.init(status: error.status, code: "output_failed", message: error.message)
    case let error as InsideCommitError:
      let (before, after) = (error.ends.lowerBound, error.ends.upperBound)
      self.init(
        status: ExitStatus.usage, code: "inside_commit",
        message:
          "position \(error.position) is inside a commit, which ends at position \(after), and "
          + "the one before it at \(before); choose one of these",
        facts: [JSONMember("position", .integer(error.position))])
    case let error as BenchFolderError:
      self.init(
        status: ExitStatus.cannotCreate, code: "cannot_create",
        message: "\(error.place) can't be written to: \(error.cause); choose a folder with --dir")
    case let error as WrongResult:
      self.init(
        status: ExitStatus.badData, code: "wrong_result",
        message: "the ledger of the bench is not what was recorded: \(error.problem)")
    case let error as UsageError:
      self.init(status: ExitStatus.usage, code: "usage", message: error.message)
    default: return nil
    }
  }

  /// An error that only a contradiction in the file can cause.
  init(unforeseen error: any Error) {
    self.init(
      status: ExitStatus.badData, code: "ledger_damaged",
      message: "the ledger contradicts itself (\(error)); run: ledger verify")
  }

  private init(_ rejection: Rejection) {
    self.init(
      status: ExitStatus.refused, code: rejection.code, message: rejection.message,
      facts: rejection.facts.map { JSONMember($0.name, $0.value.json) })
  }

  init(_ error: InputError) {
    let status = error.kind == .missing ? ExitStatus.notFound : ExitStatus.badData
    let name = error.columnName.map { " (\($0))" } ?? ""
    let location = [
      Self.inputName(error.path), error.line.map { "line \($0)" },
      error.column.map { "column \($0)\(name)" }, error.field.map { "field \($0)" },
    ].compactMap(\.self).joined(separator: ", ")
    self.init(
      status: error.rejection == nil ? status : ExitStatus.refused,
      code: error.rejection?.code ?? (error.kind == .missing ? "input_not_found" : "bad_input"),
      message: "\(location): \(error.problem)",
      facts: [JSONMember("file", .string(error.path))]
        + (error.line.map { [JSONMember("line", .integer(Int64($0)))] } ?? [])
        + (error.column.map { [JSONMember("column", .integer(Int64($0)))] } ?? [])
        + (error.field.map { [JSONMember("field", .string($0))] } ?? [])
        + (error.rejection?.facts.map { JSONMember($0.name, $0.value.json) } ?? []))
  }

  private init?(_ error: InterruptedImport) {
    guard let cause = Failure(error.cause) else { return nil }
    self.init(
      status: cause.status, code: cause.code,
      message: "\(Self.inputName(error.path)), after line \(error.lastLine): \(cause.message)",
      facts: cause.facts + [JSONMember("lastLine", .integer(error.lastLine))])
  }

  private static func inputName(_ path: String) -> String {
    path == "-" ? "standard input" : path
  }

  private init(_ error: StoreFileError) {
    switch error {
    case .missing(let path):
      self.init(
        status: ExitStatus.notFound, code: "ledger_not_found",
        message: "there is no file \(path); make a ledger with: ledger init --db \(path)")
    case .notAStore(let path, let found):
      self.init(
        status: ExitStatus.badData, code: "not_a_ledger",
        message: "\(path) is no ledger but \(found); name a ledger with --db")
    case .alreadyExists(let path):
      self.init(
        status: ExitStatus.cannotCreate, code: "cannot_create",
        message: "\(path) exists and is no ledger; choose another name with --db")
    case .cannotCreate(let path, let cause):
      self.init(
        status: ExitStatus.cannotCreate, code: "cannot_create",
        message: "\(path) can't be created: \(cause)")
    case .tooNew(let path, let format, let newest):
      self.init(
        status: ExitStatus.badData, code: "ledger_too_new",
        message: "\(path) has file format \(format), and this version knows up to \(newest); "
          + "use a newer version of ledger")
    case .tooOld(let path, let format, let current):
      self.init(
        status: ExitStatus.badData, code: "ledger_too_old",
        message:
          "\(path) has file format \(format), and this version reads \(current); bring it up "
          + "to date (a copy is kept) with: ledger init --db \(path)")
    case .projectionTooNew(let name, let version, let newest):
      self.init(
        status: ExitStatus.badData, code: "ledger_too_new",
        message: "the projection \(name) has version \(version), and this version of ledger knows "
          + "up to \(newest); use a newer one")
    case .projectionOutdated(let name):
      self.init(
        status: ExitStatus.badData, code: "projection_outdated",
        message:
          "the projection \(name) is not up to date; any command that writes rebuilds it, such as: "
          + "ledger init")
    case .damaged(let path, let position, let problem):
      let place = position.map { " at position \($0)" } ?? ""
      self.init(
        status: ExitStatus.badData, code: "ledger_damaged",
        message: "\(path) is damaged\(place): \(problem)",
        facts: position.map { [JSONMember("position", .integer($0))] } ?? [])
    case .unreadableLog(let path):
      self.init(
        status: ExitStatus.inputOutput, code: "read_only",
        message: "\(path)-wal holds recent commits and can't be read in a read-only folder; "
          + "copy both files to a folder you may write to")
    }
  }

  private init(_ error: RebuildError) {
    switch error {
    case .overtaken(let name):
      self.init(
        status: ExitStatus.busy, code: "rebuild_overtaken",
        message: "another rebuild began while that of the projection \(name) went on; this one has "
          + "ended, and nothing was changed; run it again when the other is done")
    case .stopped(let name, let position, let problem):
      self.init(
        status: ExitStatus.badData, code: "projection_stopped",
        message:
          "the projection \(name) can't apply the event at position \(position): \(problem); "
          + "nothing was rebuilt, and the old tables answer as before",
        facts: [
          JSONMember("projection", .string(name)), JSONMember("position", .integer(position)),
        ])
    }
  }

  private init(_ error: SubscriptionError) {
    switch error {
    case .notFound(let name):
      self.init(
        status: ExitStatus.refused, code: "subscription_not_found",
        message:
          "there is no subscription \(name); make it with: ledger subscriptions create \(name)",
        facts: [JSONMember("name", .string(name))])
    case .exists(let name):
      self.init(
        status: ExitStatus.refused, code: "subscription_exists",
        message: "there is a subscription \(name) already; nothing was changed",
        facts: [JSONMember("name", .string(name))])
    case .moved(let name, let checkpoint):
      self.init(
        status: ExitStatus.refused, code: "checkpoint_conflict",
        message:
          "the subscription \(name) is at position \(checkpoint) already; nothing was changed",
        facts: [
          JSONMember("name", .string(name)), JSONMember("checkpoint", .integer(checkpoint)),
        ])
    case .beyondEnd(let name, let position, let head):
      self.init(
        status: ExitStatus.refused, code: "beyond_end",
        message:
          "the subscription \(name) can't be at position \(position): the log ends at \(head)",
        facts: [
          JSONMember("name", .string(name)), JSONMember("position", .integer(position)),
          JSONMember("head", .integer(head)),
        ])
    case .noDeadLetter(let name, let position):
      self.init(
        status: ExitStatus.refused, code: "no_dead_letter",
        message:
          "the subscription \(name) has no dead letter at position \(position) that waits for "
          + "no other; see: ledger subscriptions dead-letters \(name)",
        facts: [JSONMember("name", .string(name)), JSONMember("position", .integer(position))])
    case .running(let name):
      self.init(
        status: ExitStatus.busy, code: "subscription_running",
        message: "another process runs the subscription \(name); it has to end first",
        facts: [JSONMember("name", .string(name))])
    }
  }

  private init(_ error: UnfinishedErasure) {
    let done =
      "the text was erased and the erasure is recorded, but old pages are still in "
      + "\(error.path) or \(error.path)-wal"
    switch error.residue {
    case .logInUse:
      self.init(
        status: ExitStatus.busy, code: "erasure_unfinished",
        message: "\(done) because another program uses the ledger; "
          + "run the same command again when it has ended")
    case .logNotCleared(let problem):
      self.init(
        status: ExitStatus.inputOutput, code: "erasure_unfinished",
        message:
          "\(done) because that could not be emptied (\(problem)); run the same command again")
    }
  }

  private init(_ error: DatabaseError) {
    let (status, code, message) =
      switch error.kind {
      case .busy:
        (
          ExitStatus.busy, "busy",
          "another program is using \(error.path); nothing was written; try again, "
            + "or wait longer with --busy-timeout"
        )
      case .full:
        (
          ExitStatus.inputOutput, "disk_full",
          "there is no room left to write \(error.path); nothing was written; "
            + "make room and try again"
        )
      case .readOnly:
        (
          ExitStatus.inputOutput, "read_only",
          "\(error.path) or its folder can't be written to; nothing was written; "
            + "check its permissions"
        )
      case .cannotOpen:
        (
          ExitStatus.inputOutput, "cannot_open",
          "\(error.path) can't be opened; check the permissions of the file and its folder"
        )
      case .inputOutput:
        (
          ExitStatus.inputOutput, "io_error",
          "\(error.path) can't be read or written (\(error.message)); look at the disk and try again: "
            + "with its idempotency key a command books nothing twice"
        )
      case .damaged:
        (
          ExitStatus.badData, "ledger_damaged",
          "\(error.path) is damaged: \(error.message); restore a backup"
        )
      case .notADatabase:
        (ExitStatus.badData, "not_a_ledger", "\(error.path) is no ledger: \(error.message)")
      case .constraint, .other:
        (
          ExitStatus.badData, "ledger_damaged",
          "\(error.path) is damaged, or another program has changed its tables: \(error.message) "
            + "(SQLite code \(error.code)); run: ledger verify"
        )
      }
    self.init(status: status, code: code, message: message)
  }
}

extension Rejection.Fact {
  fileprivate var json: JSONValue {
    switch self {
    case .text(let text): .string(text)
    case .number(let number): .integer(number)
    case .numbers(let numbers): .array(numbers.map { .integer($0) })
    case .list(let texts): .array(texts.map { .string($0) })
    }
  }
}
