import EventStore
import JSONText
import LedgerDomain
import LedgerEvents

/// The command that a commit records, read back from its events.
struct RecordedCommand {
  let legs: [Leg]
  let commit: Commit
  /// The command's name; nil if no command makes such a commit.
  let name: String?

  /// One event of the commit.
  typealias Leg = DecodedEvent

  /// The command whose legs are known already.
  init(legs: [Leg], commit: Commit) {
    (self.legs, self.commit) = (legs, commit)
    name = CommandContent.command(making: legs.map(\.event))
  }

  /// Throws `EventDecodingError` if an event is unreadable or in no account's stream.
  init(_ events: [RecordedEvent]) throws {
    guard let first = events.first else {
      preconditionFailure("a commit has at least one event")
    }
    let legs = try events.map { recorded in
      guard let leg = try Leg(recorded) else {
        throw EventDecodingError(
          position: recorded.position,
          problem: "the stream '\(recorded.streamID)' is unknown to this version")
      }
      return leg
    }
    self.init(legs: legs, commit: first.commit)
  }

  var transferID: String? { legs.first?.event.movement?.transferID }

  /// Whether it was recorded with leave to overdraw the past.
  var allowsPastOverdraft: Bool {
    guard let metadata = commit.otherMetadata, let object = try? JSONValue(parsing: metadata)
    else { return false }
    return object[CommandMetadata.allowPastOverdraft] == .bool(true)
  }
}

/// Names in a commit's other metadata.
enum CommandMetadata {
  static let allowPastOverdraft = "allowPastOverdraft"
}
