public import EventStore
import LedgerDomain
import LedgerEvents
import LedgerProjections

/// The other commits that one is linked with, each named by the global position at which it ends.
public struct LinkedCommits: Hashable, Sendable {
  /// The commit whose opposite it booked; nil if it reversed none.
  public internal(set) var reverses: Int64?
  /// The commit that booked its opposite; nil if none did.
  public internal(set) var reversedBy: Int64?
  /// The commit that it corrects; nil if nobody said so.
  public internal(set) var corrects: Int64?
  /// The commits that correct it, in order of recording.
  public internal(set) var correctedBy: [Int64] = []
}

/// Looks up links between commits inside one read, such as the body of `Ledger.forEachEvent`: what
/// it has found once, it takes for true from then on.
///
/// Asks the file only near commits of which something is said: a scan over the log costs as many
/// questions as there are links.
public final class LinkLookup {
  private let ledger: Ledger
  /// What was recorded after this position is not known.
  private let lastPosition: Int64
  /// What the file says; nil before the first question.
  private var table: CommitLinks?
  /// Positions of which no later commit says anything.
  private var gap: ClosedRange<Int64>?

  init(_ ledger: Ledger, through position: Int64) {
    (self.ledger, lastPosition) = (ledger, position)
  }

  /// The links of the commit with `recorded`. Throws `EventDecodingError` if its own are no
  /// positions.
  public func links(of recorded: RecordedEvent) throws -> LinkedCommits {
    let own = try LinkMetadata(recorded)
    var links = LinkedCommits(reverses: own.reverses, corrects: own.corrects)
    let position = recorded.commit.lastPosition
    guard gap?.contains(position) != true else { return links }
    table = try table ?? ledger.store.read { try $0.current(CommitLinks.self) }
    guard let table else {
      gap = .min ... .max
      return links
    }
    gap = try table.gap(around: position)
    guard gap == nil else { return links }
    try table.forEach(to: position) { name, position in
      guard position <= lastPosition else { return }
      switch name {
      case .reverses: links.reversedBy = links.reversedBy ?? position
      case .corrects: links.correctedBy.append(position)
      }
    }
    return links
  }
}

extension Ledger {
  /// A look-up of links between commits, for one read: those that commits up to `position` have.
  public func linkLookup(through position: Int64 = .max) -> LinkLookup {
    LinkLookup(self, through: position)
  }

  /// The look-up for a list of the events that `query` asks for: what was recorded after the end that it
  /// names is not known, so that the list stays as it is.
  public func linkLookup(for query: EventQuery) throws -> LinkLookup {
    let recorded = try query.recordedThroughMicros.map { micros in
      try store.read { try $0.lastPosition(recordedThrough: micros) }
    }
    return linkLookup(through: min(query.through ?? .max, recorded ?? .max))
  }
}
