import LedgerDomain
import LedgerKit

/// Compares our balances with those that the bank states after its rows.
///
/// Banks don't keep the order of rows within a day, so one comparison is made per account and instant,
/// once all its rows are booked: one of the balances that the bank states there must be ours.
struct BankBalances {
  private struct Stated {
    var texts: [String] = []
    var lastLine = 0
  }

  private let path: String
  private var effectiveAt: Instant?
  private var stated: [String: Stated] = [:]

  init(path: String) { self.path = path }

  /// Notes what the bank states in a row that was just booked.
  mutating func add(_ row: StatementRow) {
    guard let text = row.bankBalance else { return }
    effectiveAt = row.effectiveAt
    stated[row.account, default: Stated()].texts.append(text)
    stated[row.account]?.lastLine = row.line
  }

  /// The differences that are certain once `row` is next (nil: none is), ordered by line.
  mutating func differences(
    before row: StatementRow?, _ booking: Booking
  ) throws -> [InputError] {
    guard !stated.isEmpty else { return [] }
    if let row, let effectiveAt, row.effectiveAt == effectiveAt { return [] }
    defer { stated.removeAll() }
    var differences: [InputError] = []
    for (account, stated) in stated.sorted(by: { $0.value.lastLine < $1.value.lastLine }) {
      let ours = try booking.balance(of: AccountID(account), at: effectiveAt)
      guard !stated.texts.contains(where: { Self.isSame($0, as: ours) }) else { continue }
      let when = effectiveAt.map { " at \($0)" } ?? ""
      differences.append(
        InputError(
          path: path, line: stated.lastLine,
          problem: "the bank's balance of \(account)\(when) is "
            + "\(stated.texts.last ?? ""), ours is \(ours.decimal)"))
    }
    return differences
  }

  private static func isSame(_ text: String, as money: Money) -> Bool {
    let isNegative = text.hasPrefix("-")
    let digits = isNegative || text.hasPrefix("+") ? String(text.dropFirst()) : text
    guard let amount = try? Amount(digits).money(in: money.currency) else { return false }
    return (isNegative ? -amount.minorUnits : amount.minorUnits) == money.minorUnits
  }
}
