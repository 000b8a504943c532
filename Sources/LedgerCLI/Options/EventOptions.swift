import ArgumentParser
import EventStore
import LedgerDomain
import LedgerKit

/// Which events to list, and in which direction. All conditions must hold.
struct EventOptions: ParsableArguments {
  @Option(
    name: .customLong("type"),
    help: "Only events of this type, such as MoneyDeposited; may be repeated.")
  var types: [String] = []

  @Option(help: "Only what this actor asked for.")
  var actor: String?

  @Option(help: "Only commits with this correlation id.")
  var correlationID: String?

  @Option(
    name: .customLong("min"),
    help: ArgumentHelp(
      "Only movements of at least so much, each in its own currency.",
      valueName: "amount"))
  var least: String?

  @Option(
    name: .customLong("max"),
    help: ArgumentHelp(
      "Only movements of at most so much, each in its own currency.",
      valueName: "amount"))
  var most: String?

  @Option(
    help: ArgumentHelp(
      "Only what was recorded at or after: an instant, or the start of a date or month.",
      valueName: "instant"))
  var since: String?

  @Option(
    help: ArgumentHelp(
      "Only what was recorded at or before: an instant, or the end of a date or month.",
      valueName: "instant"))
  var until: String?

  @Option(
    help: ArgumentHelp("The same for when it counts: at or after.", valueName: "instant"))
  var effectiveSince: String?

  @Option(
    help: ArgumentHelp("The same for when it counts: at or before.", valueName: "instant"))
  var effectiveUntil: String?

  @Option(help: ArgumentHelp("Only events after this global position.", valueName: "position"))
  var after: Int64?

  @Option(help: ArgumentHelp("Only events up to this global position.", valueName: "position"))
  var through: Int64?

  @Flag(help: "The last first.")
  var backwards = false

  @Option(help: ArgumentHelp("Show only the first of them.", valueName: "n"))
  var limit: Int?

  func validate() throws {
    guard limit ?? 0 >= 0 else { throw ValidationError("--limit takes a number, 0 or more") }
    guard after ?? 0 >= 0, through ?? 0 >= 0 else {
      throw ValidationError("--after and --through take a position, 0 or more")
    }
    try WriteOptions.refuseEmpty([("--actor", actor), ("--correlation-id", correlationID)])
  }

  /// Throws if one of the types is not `among` those that there are.
  func checkTypes(among known: [String] = Ledger.eventTypes) throws {
    for type in types where !known.contains(type) {
      throw ValidationError(
        "there is no event type '\(type)'; use \(known.joined(separator: ", "))")
    }
  }

  /// Nil if any amount will do, and none too.
  func amounts() throws(Rejection) -> AmountRange? {
    least == nil && most == nil ? nil : try AmountRange(from: least, through: most)
  }

  /// Adds these conditions to `query`, with the words for days as `book` has them now.
  func narrow(_ query: inout EventQuery, on book: Ledger) throws {
    query.types = types.isEmpty ? nil : types
    query.actor = actor
    query.correlationID = correlationID
    query.after = after
    query.through = through
    let now = try book.now()
    func micros(_ text: String?, _ edge: Instant.Edge) throws -> Int64? {
      try text.map { try Instant(parsing: $0, edge: edge, now: now).micros }
    }
    query.recordedFromMicros = try micros(since, .start)
    query.recordedThroughMicros = try micros(until, .end)
    query.effectiveFromMicros = try micros(effectiveSince, .start)
    query.effectiveThroughMicros = try micros(effectiveUntil, .end)
    query.isReversed = backwards
    query.limit = limit
  }
}
