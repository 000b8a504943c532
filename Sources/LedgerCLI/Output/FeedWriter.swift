import EventStore
import JSONText
import LedgerKit

/// Turns events into the lines of a feed: stored events or what outsiders are told, in envelopes or
/// not.
struct FeedWriter {
  /// One event, as JSON on one line.
  struct Line {
    /// Whoever has seen the line has seen everything up to this global position.
    let position: Int64
    let json: [UInt8]
  }

  private let options: FeedOptions
  private let ledgerID: String
  private var writer = EventWriter(isRaw: false)

  init(_ options: FeedOptions, ledgerID: String) {
    (self.options, self.ledgerID) = (options, ledgerID)
  }

  /// A stored event's line; `reversedBy` names the commit that reversed its own, if one did.
  mutating func line(of event: RecordedEvent, reversedBy: Int64? = nil) -> Line {
    let json = writer.json(of: event, reversedBy: reversedBy)
    let envelope = options.cloudEvents ? CloudEvent(event, of: ledgerID) : nil
    return Line(position: event.position, json: envelope?.json(around: json) ?? json)
  }

  /// The line of what outsiders are told.
  func line(of event: IntegrationEvent) -> Line {
    Line(position: event.position, json: options.cloudEvents ? event.cloudEvent : event.json)
  }
}
