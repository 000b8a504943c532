import ArgumentParser
import LedgerKit

/// What a feed of events tells, and in which wrapping.
struct FeedOptions: ParsableArguments {
  @Flag(help: "Tell what outsiders are told: one TransferCompleted per transfer, and so on.")
  var integration = false

  @Flag(help: "Wrap each event in an envelope of CloudEvents 1.0; JSON only.")
  var cloudEvents = false

  /// Whether events come as they always do.
  var isPlain: Bool { !integration && !cloudEvents }

  /// The types of event that there are in such a feed.
  var types: [String] { integration ? IntegrationEvent.types : Ledger.eventTypes }

  /// Throws if events can't be told like this as they are stored, or in `format`.
  func check(isRaw: Bool, _ format: OutputFormat) throws {
    if isPlain { return }
    guard !isRaw else {
      throw ValidationError(
        "--raw shows what is stored; leave out --integration and --cloud-events")
    }
    switch format {
    case .json, .ndjson: return
    case .csv:
      throw ValidationError(
        "the events of such a feed don't have the same columns; use --format ndjson or json")
    case .text where cloudEvents:
      throw ValidationError("--cloud-events is JSON; use --format ndjson or json")
    case .text: return
    }
  }
}
