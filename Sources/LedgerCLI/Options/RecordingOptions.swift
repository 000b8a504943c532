import ArgumentParser

/// What goes with a command about the whole book, besides its reason.
struct RecordingOptions: ParsableArguments {
  @Option(help: "Who asks (default: $LEDGER_ACTOR, else the system's user).")
  var actor: String?

  @Option(help: "An id shared by commands that belong together (default: a new one).")
  var correlationID: String?

  @Option(help: "What caused this command.")
  var causationID: String?

  @Flag(help: "Write even if the clock is over 24 hours behind the last commit.")
  var acceptClock = false

  @Flag(help: "Show the receipt that would be; write nothing.")
  var dryRun = false

  func validate() throws {
    try WriteOptions.refuseEmpty([
      ("--actor", actor), ("--correlation-id", correlationID), ("--causation-id", causationID),
    ])
  }
}
