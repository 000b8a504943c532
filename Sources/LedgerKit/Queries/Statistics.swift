public import EventStore
public import LedgerDomain
import LedgerProjections

/// How much is in a ledger, and how much happened on its days.
public struct Statistics: Hashable, Sendable {
  /// The ledger.
  public let ledgerID: String
  /// How many commits there are.
  public let commits: Int64
  /// How many events there are: the global position of the last.
  public let position: Int64
  /// When the last commit was recorded; nil if there is none.
  public let lastRecordedAt: Instant?
  /// Everything since the beginning, by currency.
  public let totals: [Activity]
  /// The days in question on which something was recorded, by day and currency.
  public let days: [Activity]
  /// The file.
  public let file: StoreStatistics
  /// The projections, not measured.
  public let projections: [ProjectionStatus]

  /// What was recorded, of one currency.
  public struct Activity: Hashable, Sendable {
    /// The day of recording, UTC, such as `2026-04-15`; nil for all days.
    public let day: String?
    /// Nil for events that are of no account.
    public let currency: Currency?
    /// How many events.
    public internal(set) var events: Int64 = 0
    /// How many accounts were opened.
    public internal(set) var opened: Int64 = 0
    /// How many accounts were closed.
    public internal(set) var closed: Int64 = 0
    /// How many deposits from outside.
    public internal(set) var deposits: Int64 = 0
    /// How many withdrawals to outside.
    public internal(set) var withdrawals: Int64 = 0
    /// How many transfers between accounts.
    public internal(set) var transfers: Int64 = 0
    /// What came in from outside; minor units, as the next two.
    public internal(set) var depositedMinor: Int128 = 0
    /// What went out.
    public internal(set) var withdrawnMinor: Int128 = 0
    /// What was transferred between accounts.
    public internal(set) var transferredMinor: Int128 = 0
  }
}

extension Ledger {
  /// How much there is, and what happened on the days from `firstDay` on, as of one moment.
  public func statistics(
    from firstDay: CalendarDay,
    progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
  ) throws -> Statistics {
    try store.read(BookCounters.self, progress: progress) { counters, log in
      var totals: [String: Statistics.Activity] = [:]
      var days: [Statistics.Activity] = []
      try counters.forEach { day, code, row in
        let currency = try currency(code)
        var total = totals[code] ?? Statistics.Activity(day: nil, currency: currency)
        try total.add(row)
        totals[code] = total
        guard day >= firstDay.description else { return }
        var activity = Statistics.Activity(day: day, currency: currency)
        try activity.add(row)
        days.append(activity)
      }
      let head = try log.head()
      return Statistics(
        ledgerID: id, commits: head.commitNumber, position: head.position,
        lastRecordedAt: head.recordedAtMicros.map { Instant(micros: $0) },
        totals: totals.sorted { $0.key < $1.key }.map(\.value), days: days,
        file: try log.statistics(), projections: try log.projectionStatuses(measuring: false))
    }
  }

  private func currency(_ code: String) throws -> Currency? {
    if code.isEmpty { return nil }
    guard let currency = Currency(code: code) else {
      throw StoreProblem(
        position: nil,
        problem: "the projection \(BookCounters.name) says '\(code)', which is no currency")
    }
    return currency
  }
}

extension Statistics.Activity {
  fileprivate mutating func add(_ row: BookCounters.Row) throws {
    func add(_ count: Int64, to sum: inout Int64) throws {
      sum = try sum.adding(count, BookCounters.name)
    }
    try add(row.events, to: &events)
    try add(row.opened, to: &opened)
    try add(row.closed, to: &closed)
    try add(row.deposits, to: &deposits)
    try add(row.withdrawals, to: &withdrawals)
    try add(row.transfers, to: &transfers)
    depositedMinor += Int128(row.depositedMinor)
    withdrawnMinor += Int128(row.withdrawnMinor)
    transferredMinor += Int128(row.transferredMinor)
  }
}

extension Ledger {
  /// How much room the log takes in the file, and everything that was made of it; bytes.
  package func roomTaken() throws -> StoreRoom { try store.read { try $0.roomTaken() } }
}
