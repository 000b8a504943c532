/// One account as the model knows it, for deciding: all that counts, in the order in which it counts.
struct ModelPast {
  /// Something that counts at an instant.
  struct Entry {
    let at: Int64
    var minorUnits: Int64 = 0
    /// The overdraft limit from then on; nil for what leaves it.
    var limitMinor: Int64?
    /// Whether it is what is being decided.
    var isNew = false
  }

  let account: String
  let currency: String
  let openedAt: Int64
  let isClosed: Bool
  /// Of the opening.
  private let openingLimitMinor: Int64
  /// By effective time; what counts at one instant stays in the order of recording.
  private let entries: [Entry]
  /// What was recorded last has left it so.
  let balanceMinor: Int64

  /// Nil if the account was never opened.
  init?(_ account: String, in model: ModelLedger) {
    let events = model.events(of: account)
    guard let opening = events.first, let last = events.last else { return nil }
    self.account = account
    currency = opening.currency
    openedAt = model.effectiveAt(opening)
    openingLimitMinor = opening.limitMinor ?? 0
    isClosed = last.type == .closed
    balanceMinor = last.balanceAfter
    let entries = events.dropFirst().filter { $0.type != .closed }.map { event in
      Entry(
        at: model.effectiveAt(event), minorUnits: event.minorUnits,
        limitMinor: event.limitMinor)
    }
    self.entries = Self.inOrder(entries)
  }

  /// The sort must be stable, which the standard library's is not promised to be.
  private static func inOrder(_ entries: [Entry]) -> [Entry] {
    entries.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element)
  }

  /// The limit that counts from the latest instant on.
  var limitMinor: Int64 { entries.compactMap(\.limitMinor).last ?? openingLimitMinor }

  /// Since when that limit counts; nil since ever.
  var limitSince: Int64? { entries.last { $0.limitMinor != nil }?.at }

  /// The latest effective time of anything that was recorded.
  var latestAt: Int64 { max(openedAt, entries.last?.at ?? openedAt) }

  /// What a new entry does to the balances that count at or after it.
  enum Effect: Equatable {
    case harmless
    case overflow
    /// The first instant that it brings or pushes below the limit in force, and how far below.
    case overdraws(at: Int64, shortMinor: Int128)
  }

  func effect(of new: Entry, _ rules: ModelRules) -> Effect {
    var new = new
    new.isNew = true
    let all = Self.inOrder(entries + [new])
    var (before, after) = (Int128(0), Int128(0))
    var (limitBefore, limitAfter) = (Int128(openingLimitMinor), Int128(openingLimitMinor))
    var overdrawn: Effect?
    for (index, entry) in all.enumerated() {
      after += Int128(entry.minorUnits)
      limitAfter = entry.limitMinor.map { Int128($0) } ?? limitAfter
      if !entry.isNew {
        before += Int128(entry.minorUnits)
        limitBefore = entry.limitMinor.map { Int128($0) } ?? limitBefore
      }
      let isLastOfInstant = index + 1 == all.count || all[index + 1].at > entry.at
      guard isLastOfInstant || !rules.countsInstantsTogether, entry.at >= new.at else { continue }
      if Int64(exactly: after) == nil { return .overflow }
      let (short, shortBefore) = (-(after + limitAfter), -(before + limitBefore))
      if short > 0, short > shortBefore, overdrawn == nil {
        overdrawn = .overdraws(at: entry.at, shortMinor: short)
      }
    }
    return overdrawn ?? .harmless
  }
}
