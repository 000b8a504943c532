import ArgumentParser
import EventStore
import JSONText
import LedgerDomain
import LedgerKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Which file, and how patient.
struct LedgerOptions: ParsableArguments {
  @Option(name: .customLong("db"), help: "The ledger's file (default: $LEDGER_DB, else ledger.db).")
  var path: String?

  @Option(
    help: ArgumentHelp("How long to wait for another program's writing.", valueName: "seconds"))
  var busyTimeout: Double = 5

  /// The file that is meant.
  var resolvedPath: String { path ?? ProcessEnvironment["LEDGER_DB"] ?? "ledger.db" }

  var busyTimeoutMilliseconds: Int { Int(busyTimeout * 1_000) }

  func validate() throws {
    guard busyTimeout >= 0, busyTimeout <= 86_400 else {
      throw ValidationError("--busy-timeout takes 0 to 86400 seconds")
    }
    guard path != "" else { throw ValidationError("--db takes the name of a file") }
  }

  func openForReading() throws -> Ledger {
    try open(.init(access: .readOnly))
  }

  /// The ledger, an older file brought up to date first; a dry run writes nothing, not even that.
  func openForWriting(acceptsClockBehind: Bool = false, isDryRun: Bool = false) throws -> Ledger {
    var options = Ledger.Options(access: .readWrite)
    options.migrates = !isDryRun
    options.acceptsClockBehind = acceptsClockBehind
    return try open(options)
  }

  private func open(_ options: Ledger.Options) throws -> Ledger {
    var options = options
    options.busyTimeoutMilliseconds = busyTimeoutMilliseconds
    var environment = Ledger.Environment.system
    let isJSON = LedgerProgram.wantsJSON(Array(CommandLine.arguments.dropFirst()))
    environment.onNotice = { Diagnostics.write(isJSON ? $0.json : $0.sentence) }
    return try Ledger(path: resolvedPath, options: options, environment: environment)
  }
}

extension StoreNotice {
  /// The notice as people read it on standard error.
  fileprivate var sentence: String {
    "ledger: \(isWarning ? "warning" : "note"): \(message)".visible
  }

  /// Whether an answer may be other than it should.
  private var isWarning: Bool { if case .projectionStopped = self { true } else { false } }

  /// The notice as scripts read it.
  fileprivate var json: String {
    let notice = [JSONMember("code", .string(code)), JSONMember("message", .string(message))]
    let line = JSONValue.object([JSONMember("notice", .object(notice))])
    return String(decoding: line.compact, as: UTF8.self)
  }

  private var code: String {
    switch self {
    case .migrated: "migrated"
    case .projectionOutdated: "projection_rebuilt"
    case .projectionStopped: "projection_stopped"
    case .snapshotIgnored: "snapshot_ignored"
    case .snapshotNotWritten: "snapshot_not_written"
    case .textsNotErasable: "texts_not_erasable"
    case .copiesHoldText: "copies_hold_text"
    }
  }

  private var message: String {
    switch self {
    case .migrated(let path, let from, let to, let copy):
      "\(path) was brought from file format \(from) to \(to); as it was, it is kept at \(copy)"
    case .projectionOutdated(let name, let why):
      "the projection \(name) is made anew from the events: \(why)"
    case .projectionStopped(let name, let position, let problem):
      "this answer is as of before position \(position), where the projection \(name) stopped: "
        + "\(problem); what was recorded since is missing in it"
    case .snapshotIgnored(let streamID, let streamPosition, let problem):
      "the snapshot of \(streamID) at version \(streamPosition) is ignored (\(problem)); the next "
        + "command that writes to it replaces it"
    case .snapshotNotWritten(let streamID, let problem):
      "no snapshot of \(streamID) could be written (\(problem)); the command goes on without"
    case .textsNotErasable(let positions):
      "the text at \(PositionList.text(positions)) stays: it stands inside hashed data, as version 1 "
        + "of the events has it"
    case .copiesHoldText(let paths):
      "older copies of the ledger may hold what was erased; delete them once you can do without: "
        + paths.joined(separator: ", ")
    }
  }
}

/// The environment variables of the process.
enum ProcessEnvironment {
  /// Nil if the variable is not set, or empty.
  static subscript(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// The name of the user who runs the process, or its number.
  static var userName: String {
    guard let entry = getpwuid(geteuid()) else { return "\(geteuid())" }
    return String(cString: entry.pointee.pw_name)
  }
}
