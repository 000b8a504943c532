import EventStore
import JSONText
import LedgerDomain
import LedgerEvents

/// What a commit records, read back from its events.
enum RecordedCommit {
  /// Something happened to accounts.
  case command(RecordedCommand)
  /// Personal text was erased.
  case erasure(RecordedEvent, PersonalTextErased)
  /// A period was closed, or reopened.
  case period(RecordedEvent, PeriodEvent)
  /// Something was decided about alerts.
  case alert(RecordedEvent, AlertEvent)

  /// Throws `EventDecodingError` if an event is unreadable, in a stream that is unknown, or one of the
  /// whole book beside others, or if a link to another commit is no position.
  init(_ events: [RecordedEvent]) throws(EventDecodingError) {
    guard let first = events.first else {
      preconditionFailure("a commit has at least one event")
    }
    var legs: [RecordedCommand.Leg] = []
    for recorded in events {
      switch try LedgerEvent(recorded) {
      case .account(let account, let event):
        legs.append(.init(account: account, event: event, recorded: recorded))
      case .erasure(let erasure):
        guard events.count == 1 else {
          throw EventDecodingError(
            position: recorded.position, problem: "an erasure is a commit of its own")
        }
        self = .erasure(recorded, erasure)
        return
      case .period(let period):
        guard events.count == 1 else {
          throw EventDecodingError(
            position: recorded.position, problem: "a '\(recorded.type)' is a commit of its own")
        }
        self = .period(recorded, period)
        return
      case .alert(let alert):
        guard events.count == 1 else {
          throw EventDecodingError(
            position: recorded.position, problem: "a '\(recorded.type)' is a commit of its own")
        }
        self = .alert(recorded, alert)
        return
      }
    }
    self = .command(
      RecordedCommand(legs: legs, commit: first.commit, links: try LinkMetadata(first)))
  }
}

/// The command that a commit records.
struct RecordedCommand {
  let legs: [Leg]
  let commit: Commit
  /// The earlier commits that it reverses or corrects.
  let links: LinkMetadata
  /// The command's name; nil if no command makes such a commit.
  let name: String?

  /// One event of the commit.
  typealias Leg = DecodedEvent

  init(legs: [Leg], commit: Commit, links: LinkMetadata) {
    (self.legs, self.commit, self.links) = (legs, commit, links)
    name = CommandContent.command(making: legs.map(\.event), links)
  }

  var transferID: String? { legs.first?.event.movement?.transferID }
}

extension Commit {
  /// Whether it was recorded with leave to overdraw the past.
  var allowsPastOverdraft: Bool {
    metadata(CommandMetadata.allowPastOverdraft) == .bool(true)
  }

  /// The member called `name` of its other metadata; nil if there is none.
  func metadata(_ name: String) -> JSONValue? {
    guard let otherMetadata, let object = try? JSONValue(parsing: otherMetadata) else { return nil }
    return object[name]
  }
}

/// Names in a commit's other metadata, beside those of `LinkMetadata`.
enum CommandMetadata {
  static let allowPastOverdraft = "allowPastOverdraft"
}
