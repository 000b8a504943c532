import EventStore
import LedgerDomain
import LedgerKit

/// What `stats` shows people.
struct StatsPage {
  private let found: Statistics
  private let days: [CalendarDay]
  private let path: String

  /// A page with one column of the chart for each of `days`, the last of which is today.
  init(_ found: Statistics, days: [CalendarDay], path: String) {
    (self.found, self.days, self.path) = (found, days, path)
  }

  var text: String {
    ([heading] + found.totals.compactMap(total) + [today, chart, file, projections])
      .filter { !$0.isEmpty }.joined(separator: "\n") + "\n"
  }

  private var heading: String {
    let accounts = found.totals.reduce(0) { $0 + Int128($1.opened) }
    let closed = found.totals.reduce(0) { $0 + Int128($1.closed) }
    let last = found.lastRecordedAt.map { ", the last recorded \($0.shortText)" } ?? ""
    return """
      \(path.visible)  ledger \(found.ledgerID)
      \(Self.count(accounts, "account")) (\(closed) closed), \(Self.count(found.commits, "commit")), \
      \(Self.count(found.position, "event"))\(last)
      """
  }

  private func total(_ activity: Statistics.Activity) -> String? {
    guard let currency = activity.currency else { return nil }
    let held = CurrencyTotal(
      currency: currency, minorUnits: activity.depositedMinor - activity.withdrawnMinor)
    return "\(held.text) held: " + Self.money(activity)
  }

  private static func money(_ activity: Statistics.Activity) -> String {
    """
    \(activity.decimal(activity.depositedMinor) ?? "") in, \
    \(activity.decimal(activity.withdrawnMinor) ?? "") out, \
    \(activity.decimal(activity.transferredMinor) ?? "") transferred
    """
  }

  // MARK: Days

  private var today: String {
    let rows = found.days.filter { $0.day == days.last?.description }
    let events = rows.reduce(0) { $0 + Int128($1.events) }
    guard events > 0 else { return "Today: nothing yet." }
    let money = rows.compactMap { row in row.currency.map { "\($0.code) \(Self.money(row))" } }
    return "Today: \(Self.count(events, "event"))"
      + money.map { "; " + $0 }.joined()
  }

  private static let bars = Array("▁▂▃▄▅▆▇█")

  /// Events a day: a bar for each, with its length on a scale up to the busiest day.
  private var chart: String {
    var events: [String: Int128] = [:]
    for row in found.days { events[row.day ?? "", default: 0] += Int128(row.events) }
    let counts = days.map { events[$0.description] ?? 0 }
    let most = counts.max() ?? 0
    let line = counts.map { count -> String in
      guard count > 0, most > 0 else { return "·" }
      let step = (count * Int128(Self.bars.count) + most - 1) / most
      return String(Self.bars[Int(step) - 1])
    }.joined()
    guard let first = days.first, let last = days.last else { return "" }
    return "\(first) \(line) \(last)  at most \(Self.count(most, "event")) a day"
  }

  // MARK: The file

  private var file: String {
    let file = found.file
    return """
      File \(Self.size(file.fileBytes)), log of writes \(Self.size(file.logBytes)), \
      \(file.freePages) of its pages free, format \(file.format)
      Durability \(file.durability.word) (journal \(file.journalMode)); the log is copied into the \
      file every \(file.logPagesBeforeCheckpoint) pages of \(file.pageBytes) bytes
      """ + longLog
  }

  /// Why the log is long, if it is.
  private var longLog: String {
    guard found.file.isLogOverLimit else { return "" }
    return """

      The log of writes is longer than \(Self.size(found.file.logBytesKept)): somebody has been reading for \
      long; once they have ended it shrinks with the next writes
      """
  }

  private var projections: String {
    let behind = found.projections.filter { $0.lag ?? 1 > 0 && $0.lifecycle != "live" }
    guard !behind.isEmpty else { return "All projections are up to date." }
    return "Projections: "
      + behind.map { status in
        status.problem.map { "\(status.name): \($0)" }
          ?? "\(status.name) \(status.lag ?? 0) events behind"
      }.joined(separator: ", ").visible
  }

  private static func count(_ number: some BinaryInteger, _ thing: String) -> String {
    "\(number) \(thing)\(number == 1 ? "" : "s")"
  }

  /// In the largest unit that leaves at least one, whole.
  private static func size(_ bytes: Int64) -> String {
    for (unit, length) in [("GiB", Int64(1) << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
    where bytes >= length {
      return "\(bytes / length) \(unit)"
    }
    return "\(bytes) bytes"
  }
}
