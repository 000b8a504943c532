import LedgerDomain
import LedgerKit

extension Book {
  /// The period that `text` names, which must be one.
  static func period(_ text: String) -> Period {
    guard let period = Period(text) else { preconditionFailure("'\(text)' is no period") }
    return period
  }

  /// The end of a period.
  static func end(_ text: String) -> Instant { period(text).end }

  /// The first instant after a period.
  static func after(_ text: String) -> Instant { Instant(micros: end(text).micros + 1) }

  @discardableResult
  func close(_ text: String, reason: String? = nil) throws -> PeriodReceipt {
    try ledger.perform(
      PeriodRequest(.close(Self.period(text), reason: reason), actor: "closer"))
  }

  @discardableResult
  func reopen(_ text: String? = nil) throws -> PeriodReceipt {
    try ledger.perform(
      PeriodRequest(.reopen(text.map(Self.period), reason: "late"), actor: "opener"))
  }

  /// All closes: `2026-11 at 4`, with `reopened at 7` behind one that was.
  func closes(of text: String? = nil, _ ledger: Ledger? = nil) throws -> [String] {
    var closes: [String] = []
    try (ledger ?? self.ledger).forEachPeriodClose(of: text.map(Self.period)) { close in
      let reopened = close.reopening.map { " reopened at \($0.position)" } ?? ""
      closes.append("\(close.period) at \(close.position)\(reopened)")
    }
    return closes
  }

  /// Names of what differs, by close.
  func differences(of text: String? = nil) throws -> [[String]] {
    var differences: [[String]] = []
    try ledger.verifyPeriodCloses(of: text.map(Self.period)) { _, found in
      differences.append(found.map(\.name))
    }
    return differences
  }

  /// An account with 100.00 USD since 2026-11-15 and 5.00 more since 2026-12-15, and one in EUR that was
  /// opened today: positions 1 to 4. It is 15 January 2027.
  static func withPast() throws -> Book {
    let book = try Book()
    let a = try AccountID("a")
    try book.perform(.open(a, currency("USD"), overdraftLimit: Amount("50")), at: end("2026-10"))
    try book.perform(.deposit(Amount("100"), to: a), at: end("2026-11-15"))
    try book.perform(.deposit(Amount("5"), to: a), at: end("2026-12-15"))
    try book.perform(.open(try AccountID("b"), currency("EUR")))
    return book
  }
}
