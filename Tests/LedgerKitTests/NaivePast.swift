import LedgerDomain
import LedgerKit

/// One account as a test remembers it, and the rules about its past, for which every instant is looked
/// at anew.
struct NaivePast {
  /// Something that was recorded on the account.
  struct Entry {
    /// When it counts, in microseconds.
    let at: Int64
    /// Signed; 0 for what moves nothing.
    var minorUnits: Int64 = 0
    /// The overdraft limit from then on; nil for what leaves it.
    var limitMinor: Int64?
  }

  /// An instant that is not covered.
  struct Break: Equatable {
    let at: Int64
    let shortMinorUnits: Int64
  }

  let currency: Currency
  let openedAt: Int64
  let openingLimitMinor: Int64
  /// In the order of recording.
  var entries: [Entry] = []
  var isClosed = false

  var balanceMinor: Int64 { entries.map(\.minorUnits).reduce(0, +) }

  /// The limit that counts from the latest instant on.
  var limitMinor: Int64 {
    Self.inEffectiveOrder(entries).compactMap(\.limitMinor).last ?? openingLimitMinor
  }

  /// The first instant that `next` brings or pushes below its limit.
  func firstBreak(with next: Entry) -> Break? {
    var (before, after) = (0 as Int64, 0 as Int64)
    var (limitBefore, limitAfter) = (openingLimitMinor, openingLimitMinor)
    let all = Self.inEffectiveOrder(entries.map { ($0, false) } + [(next, true)]) { $0.0 }
    for (index, (entry, isNext)) in all.enumerated() {
      after += entry.minorUnits
      limitAfter = entry.limitMinor ?? limitAfter
      if !isNext {
        before += entry.minorUnits
        limitBefore = entry.limitMinor ?? limitBefore
      }
      let isLastOfInstant = index + 1 == all.count || all[index + 1].0.at > entry.at
      let short = -(after + limitAfter)
      if isLastOfInstant, entry.at >= next.at, short > 0, short > -(before + limitBefore) {
        return Break(at: entry.at, shortMinorUnits: short)
      }
    }
    return nil
  }

  /// The code of the refusal that a movement, a new limit or a change of neither meets; nil if there is
  /// none.
  func refusal(of next: Entry, allowsPastOverdraft: Bool) -> String? {
    if isClosed { return "account_closed" }
    if next.minorUnits < 0, balanceMinor + next.minorUnits + limitMinor < 0 {
      return "insufficient_funds"
    }
    let limitSince = entries.filter { $0.limitMinor != nil }.map(\.at).max() ?? .min
    if let limit = next.limitMinor, next.at >= limitSince, balanceMinor + limit < 0 {
      return "overdraft_limit_too_low"
    }
    return allowsPastOverdraft || firstBreak(with: next) == nil ? nil : "past_overdraft"
  }

  /// The same of closing.
  func refusalOfClosing(at instant: Int64) -> String? {
    if isClosed { return "account_closed" }
    let last = entries.map(\.at).reduce(openedAt, max)
    if instant < last { return "closed_before_last_change" }
    return balanceMinor == 0 ? nil : "balance_not_zero"
  }

  private static func inEffectiveOrder(_ entries: [Entry]) -> [Entry] {
    inEffectiveOrder(entries) { $0 }
  }

  /// What counts at one instant stays in the order of recording.
  private static func inEffectiveOrder<Item>(
    _ items: [Item], _ entry: (Item) -> Entry
  ) -> [Item] {
    items.enumerated()
      .sorted { (entry($0.element).at, $0.offset) < (entry($1.element).at, $1.offset) }
      .map(\.element)
  }
}
