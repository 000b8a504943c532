import ArgumentParser
import LedgerKit

/// What goes with everything that an import books.
struct ImportOptions: ParsableArguments {
  @Option(help: "Who asks (default: $LEDGER_ACTOR, else the system's user).")
  var actor: String?

  @Option(help: "Why, for the audit trail.")
  var reason: String?

  @Option(help: "An id shared by all that is booked (default: a new one).")
  var correlationID: String?

  @Option(help: "What caused this import.")
  var causationID: String?

  @Flag(help: "Write even if the clock is over 24 hours behind the last commit.")
  var acceptClock = false

  func validate() throws {
    try WriteOptions.refuseEmpty([
      ("--actor", actor), ("--reason", reason), ("--correlation-id", correlationID),
      ("--causation-id", causationID),
    ])
  }

  /// The options that all commands of one import on `ledger` share.
  func commandOptions(on ledger: Ledger) -> CommandOptions {
    var options = CommandOptions(actor: WriteOptions.actor(actor))
    options.reason = reason
    options.correlationID = correlationID ?? ledger.newID()
    options.causationID = causationID
    return options
  }
}
