public import ArgumentParser
public import EventStore
import LedgerDomain
import LedgerKit

/// What every command that writes takes.
struct WriteOptions: ParsableArguments {
  @Option(help: "Who asks (default: $LEDGER_ACTOR, else the system's user).")
  var actor: String?

  @Option(help: "Why, for the audit trail.")
  var reason: String?

  @Option(help: "An id shared by commands that belong together (default: a new one).")
  var correlationID: String?

  @Option(help: "What caused this command.")
  var causationID: String?

  @Option(help: "Your name for this command: the same key never books twice.")
  var idempotencyKey: String?

  @Option(
    help: ArgumentHelp(
      "Refuse unless the account is at this version: a number, no-stream, stream-exists or any.",
      valueName: "version"))
  var expectedVersion: ExpectedVersion = .any

  @Option(
    help: ArgumentHelp(
      "When it counts: 2026-03-01T12:00:00Z, or a date, meaning its start (default: now).",
      valueName: "instant"))
  var effective: String?

  @Option(
    help: ArgumentHelp(
      "What it corrects: the global position of an earlier booking.", valueName: "position"))
  var corrects: Word?

  @Flag(help: "Let balances in the past fall below the limit; needs --reason.")
  var allowPastOverdraft = false

  @Flag(help: "Write even if the clock is over 24 hours behind the last commit.")
  var acceptClock = false

  @Flag(help: "Show the receipt that would be; write nothing.")
  var dryRun = false

  func validate() throws {
    guard !allowPastOverdraft || reason != nil else {
      throw ValidationError("--allow-past-overdraft needs a --reason")
    }
    if let corrects, corrects.position == nil {
      throw ValidationError(
        "--corrects takes a position, a number such as 17, and not '\(corrects.text)'")
    }
    try Self.refuseEmpty([
      ("--actor", actor), ("--correlation-id", correlationID), ("--causation-id", causationID),
      ("--idempotency-key", idempotencyKey), ("--reason", reason),
    ])
  }

  static func refuseEmpty(_ options: [(name: String, value: String?)]) throws {
    for (name, value) in options where value == "" {
      throw ValidationError("\(name) takes a text that is not empty")
    }
  }

  /// The options of one command on `ledger`.
  func commandOptions(
    on ledger: Ledger, expectedVersionTo: ExpectedVersion = .any
  ) throws -> CommandOptions {
    var options = CommandOptions(actor: Self.actor(actor))
    options.reason = reason
    options.correlationID = correlationID
    options.causationID = causationID
    options.idempotencyKey = idempotencyKey
    options.expectedVersion = expectedVersion
    options.expectedVersionTo = expectedVersionTo
    // `now` is what leaving it out means: a retry with the same key is the same command.
    if let effective, effective != "now" {
      options.effectiveAt = try Instant(parsing: effective, edge: .start, now: try ledger.now())
    }
    options.allowsPastOverdraft = allowPastOverdraft
    options.corrects = corrects?.position
    return options
  }

  static func actor(_ given: String?) -> String {
    given ?? ProcessEnvironment["LEDGER_ACTOR"] ?? ProcessEnvironment.userName
  }
}

extension ExpectedVersion: ExpressibleByArgument {
  /// Reads it from the command line.
  public init?(argument: String) { self.init(argument) }
}

/// A word that may look like a negative number; see `NegativeNumbers`.
struct Word: ExpressibleByArgument {
  let text: String

  init(argument: String) { text = NegativeNumbers.unprotected(argument) }

  /// A global position: digits alone, as positions are written everywhere; nil for anything else.
  var position: Int64? {
    guard let position = Int64(text), position > 0, String(position) == text else { return nil }
    return position
  }
}
