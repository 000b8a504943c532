import EventStore
import LedgerDomain
import LedgerEvents
import LedgerProjections
import SQLite

/// Where in an account's stream stands what counts when.
///
/// An account's events up to some stream position all count at or before an instant, and after that place
/// none does but those that were recorded late, which have a table of their own.
struct EffectiveOrder {
  private let account: AccountID
  private let index: StreamIndex
  /// Stream position of the last event that is known.
  let lastVersion: Int64
  private let log: ReadTransaction
  private let tables: Database

  /// The events of `account` up to stream position `lastVersion`.
  init(
    _ account: AccountID, _ index: StreamIndex, through lastVersion: Int64, _ log: ReadTransaction
  ) throws {
    (self.account, self.index, self.lastVersion, self.log) = (account, index, lastVersion, log)
    tables = try log.tables(of: AccountBalances.self)
  }

  /// The last stream position up to which everything counts at or before `instant`, but for the opening,
  /// which is there from the account's first movement on.
  func version(through instant: Instant) throws -> Int64 {
    try index.lastVersion(in: 0...lastVersion) { version in
      try version == 0 || latestMicros(through: version) <= instant.micros
    } ?? 0
  }

  /// What was recorded late after stream position `version` and counts at or before `instant`.
  func lateEvents(after version: Int64, through instant: Instant) throws -> LateEvents {
    try AccountBalances.lateEvents(
      of: account, after: version, through: lastVersion, effectiveThrough: instant.micros,
      in: tables)
  }

  /// When the latest of the events at stream positions 1 to `version` counts.
  private func latestMicros(through version: Int64) throws -> Int64 {
    try AccountBalances.latestMicros(before: version, of: account, in: tables)
      ?? index.effectiveAtMicros(at: version) ?? .max
  }

  /// An instant from which on at least `count` movements count up to `end`, or all that do: close to the
  /// end of a long stream, without reading it.
  func beginning(ofLast count: Int, through end: Instant) throws -> Instant {
    let lastInOrder = try version(through: end)
    var width = Int64(max(count, 1))
    while width < lastInOrder {
      let instant = Instant(micros: try latestMicros(through: lastInOrder - width))
      // Fewer than `count` would be after it only if many count at that very instant, or are no movements.
      var found = 0
      if instant < end {
        try forEach(in: Instant(micros: instant.micros + 1)...end, isReversed: true) { event in
          if try AccountEvent(event).movement != nil { found += 1 }
          return found < count
        }
      }
      if found >= count { return Instant(micros: instant.micros + 1) }
      (width, _) = width.multipliedReportingOverflow(by: 4)
    }
    return .earliest
  }

  /// Calls `body` with the events that count in `range`, in the order in which they do and then in that of
  /// recording, or the other way round, until it returns false.
  func forEach(
    in range: ClosedRange<Instant>, isReversed: Bool = false,
    _ body: (RecordedEvent) throws -> Bool
  ) throws {
    let before = Instant(micros: range.lowerBound.micros - 1)
    let first = range.lowerBound == .earliest ? -1 : try version(through: before)
    let last = try version(through: range.upperBound)
    var late = try AccountBalances.lateVersions(
      of: account, after: last, through: lastVersion,
      effectiveFrom: range.lowerBound.micros, effectiveThrough: range.upperBound.micros,
      isReversed: isReversed, in: tables
    )[...]
    func takeLate() throws -> RecordedEvent? {
      guard let version = late.popFirst()?.version else { return nil }
      return try event(at: version)
    }
    var nextLate = try takeLate()
    var goesOn = true
    try log.readEvents(query(range, after: first, through: last, isReversed)) { event in
      while let other = nextLate, Self.comes(other, before: event) != isReversed {
        goesOn = try body(other)
        guard goesOn else { return false }
        nextLate = try takeLate()
      }
      goesOn = try body(event)
      return goesOn
    }
    while goesOn, let other = nextLate {
      goesOn = try body(other)
      nextLate = try takeLate()
    }
  }

  private static func comes(_ event: RecordedEvent, before other: RecordedEvent) -> Bool {
    (event.commit.header.effectiveAtMicros, event.position)
      < (other.commit.header.effectiveAtMicros, other.position)
  }

  private func query(
    _ range: ClosedRange<Instant>, after first: Int64, through last: Int64, _ isReversed: Bool
  ) -> EventQuery {
    var query = EventQuery(streamID: AccountStream.id(of: account))
    query.order = .effective
    query.isReversed = isReversed
    query.effectiveFromMicros = range.lowerBound.micros
    query.effectiveThroughMicros = range.upperBound.micros
    query.afterStreamPosition = first
    query.throughStreamPosition = last
    return query
  }

  private func event(at version: Int64) throws -> RecordedEvent? {
    var query = EventQuery(streamID: AccountStream.id(of: account))
    query.afterStreamPosition = version - 1
    query.throughStreamPosition = version
    var found: RecordedEvent?
    try log.forEachEvent(query) { found = $0 }
    return found
  }
}
