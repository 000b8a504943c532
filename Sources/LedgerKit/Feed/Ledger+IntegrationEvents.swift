public import EventStore
public import LedgerDomain
import LedgerEvents

extension Ledger {
  /// Calls `body` for what outsiders are told of the events that `query` asks for, in its order and
  /// as of one moment; memory holds one commit at a time.
  ///
  /// The query's types are those of integration events, its limit counts these, and its positions
  /// are theirs: a transfer comes whole and once if either leg is asked for, and counts where its
  /// last leg stands. With `amounts`, only for money that moved in one of these. The query is not
  /// raw. Throws `EventDecodingError` at an event that this build can't read.
  public func forEachIntegrationEvent(
    _ query: EventQuery, amounts: AmountRange? = nil, _ body: (IntegrationEvent) throws -> Void
  ) throws {
    precondition(!query.isRaw, "outsiders are told of current versions")
    guard query.limit != 0 else { return }
    try store.read { log in
      var reader = IntegrationEventReader(query, ledgerID: id, log)
      try log.readEvents(
        try reader.storedQuery(),
        where: { event in
          guard let amounts else { return true }
          return try LedgerEvent(event).amount.map(amounts.contains) ?? false
        },
        while: { try reader.add($0, body) })
      try reader.finish(body)
    }
  }
}

extension Ledger {
  /// What outsiders are told of `events`, which stand in the order of the log and which a subscription with
  /// `filter` wants: a transfer with the last of its legs that it wants.
  ///
  /// Throws `EventDecodingError` at an event that this build can't read.
  public func integrationEvents(
    of events: [RecordedEvent], wantedBy filter: Subscription.Filter
  ) throws -> [IntegrationEvent] {
    try store.read { log in
      var told: [IntegrationEvent] = []
      var (commit, number): ([RecordedEvent], Int64?) = ([], nil)
      var ofCommit: [IntegrationEvent] = []
      for event in events {
        if event.commit.header.number != number {
          number = event.commit.header.number
          commit = try log.commit(at: event.position) ?? []
          ofCommit = try IntegrationEvent.all(of: commit, ledgerID: id)
        }
        let wanted = Set(commit.filter(filter.wants).map(\.position))
        told += ofCommit.filter { $0.positions.last(where: wanted.contains) == event.position }
      }
      return told
    }
  }
}

extension IntegrationEvent {
  /// The names of all types.
  public static var types: [String] { Kind.allCases.map(\.rawValue) }
}

/// Puts the events of each commit together and hands out what they tell.
private struct IntegrationEventReader {
  private let query: EventQuery
  private let ledgerID: String
  private let log: ReadTransaction
  /// Those events of one commit that are asked for, in the order of the query.
  private var selected: [RecordedEvent] = []
  private var remaining: Int

  init(_ query: EventQuery, ledgerID: String, _ log: ReadTransaction) {
    (self.query, self.ledgerID, self.log) = (query, ledgerID, log)
    remaining = query.limit ?? .max
  }

  /// The stored events that may have to do with what is asked for.
  func storedQuery() throws -> EventQuery {
    var stored = query
    stored.types = query.types?.compactMap(IntegrationEvent.Kind.init).flatMap(\.storedTypes)
    // A transfer that lies across the position counts as after it.
    stored.after = try query.after.map { try log.wholeCommits(through: $0) }
    stored.limit = nil
    return stored
  }

  /// Takes the next event; false once the limit is reached.
  mutating func add(
    _ event: RecordedEvent, _ body: (IntegrationEvent) throws -> Void
  ) throws -> Bool {
    if let first = selected.first, first.commit.header.number != event.commit.header.number {
      try finish(body)
    }
    selected.append(event)
    return remaining > 0
  }

  /// Tells of the events so far.
  mutating func finish(_ body: (IntegrationEvent) throws -> Void) throws {
    guard let first = selected.first else { return }
    defer { selected.removeAll(keepingCapacity: true) }
    if query.isReversed { selected.reverse() }
    var told = try IntegrationEvent.all(of: selected, ledgerID: ledgerID)
    if told.contains(where: \.isHalf), let whole = try log.commit(at: first.position) {
      let positions = Set(selected.map(\.position))
      told = try IntegrationEvent.all(of: whole, ledgerID: ledgerID)
        .filter { !positions.isDisjoint(with: $0.positions) }
    }
    if query.isReversed { told.reverse() }
    for event in told where isAskedFor(event) && remaining > 0 {
      remaining -= 1
      try body(event)
    }
  }

  private func isAskedFor(_ event: IntegrationEvent) -> Bool {
    event.position > query.after ?? 0 && event.position <= query.through ?? .max
      && query.types?.contains(event.kind.rawValue) ?? true
  }
}

extension IntegrationEvent.Kind {
  /// The types of stored events that it may be derived from.
  fileprivate var storedTypes: [String] {
    switch self {
    case .accountOpened: ["AccountCreated"]
    case .accountChanged: ["AccountChanged"]
    case .accountClosed: ["AccountClosed"]
    // A leg of a transfer is known by the other one.
    case .moneyDeposited, .moneyWithdrawn, .transferCompleted: AccountEvent.movementTypes
    case .periodClosed: [PeriodClosed.type]
    case .periodReopened: [PeriodReopened.type]
    case .personalTextErased: [PersonalTextErased.type]
    }
  }
}
