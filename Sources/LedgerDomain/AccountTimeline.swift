/// An account's movements and limits in the order in which they count.
///
/// Everything at one effective instant counts together: rules look at the balance after all of it.
public struct AccountTimeline: Hashable, Sendable {
  /// Something that changes what an account can cover from an instant on.
  public enum Change: Hashable, Sendable {
    /// A signed movement.
    case movement(minorUnits: Int64)
    /// A new overdraft limit, until the next one.
    case limit(minorUnits: Int64)
  }

  /// What a change would do to the balances that count at or after it.
  public enum Effect: Hashable, Sendable {
    case harmless
    /// At `at`, the first instant that the change brings or pushes below the limit, the balance would be
    /// `shortMinorUnits` below it.
    case overdraws(at: Instant, shortMinorUnits: Int64)
    /// Some balance would not fit in 64 bits.
    case overflow
  }

  private struct Entry: Hashable, Sendable {
    let effectiveAt: Instant
    let change: Change
  }

  /// The limit until the first change of it, however early: the one the account was opened with.
  private let openingLimitMinor: Int64
  /// In order of effective time, and at one instant in order of recording.
  private var entries: [Entry] = []

  /// A timeline without changes.
  public init(openingLimitMinor: Int64) {
    self.openingLimitMinor = openingLimitMinor
  }

  /// Adds the next change; `effectiveAt` must not lie before the last one's.
  public mutating func append(_ change: Change, at effectiveAt: Instant) {
    precondition(entries.last.map { $0.effectiveAt <= effectiveAt } ?? true, "in effective order")
    entries.append(Entry(effectiveAt: effectiveAt, change: change))
  }

  /// What `change`, recorded after all others, would do if it counted at `effectiveAt`.
  public func effect(of change: Change, at effectiveAt: Instant) -> Effect {
    let place = entries.firstIndex { $0.effectiveAt > effectiveAt } ?? entries.endIndex
    var changed = entries
    changed.insert(Entry(effectiveAt: effectiveAt, change: change), at: place)
    // A limit is in force until the next one, and what follows is not its doing.
    let next = change.isLimit ? entries[place...].first { $0.change.isLimit } : nil
    return Self.firstFault(
      in: changed, from: effectiveAt, before: next?.effectiveAt,
      openingLimitMinor: openingLimitMinor,
      mayOverdraw: change.canOnlyHelp(after: limitMinor(before: place)))
  }

  /// The limit in force before the entry at `place`.
  private func limitMinor(before place: Int) -> Int64 {
    for entry in entries[..<place].reversed() {
      if case .limit(let minorUnits) = entry.change { return minorUnits }
    }
    return openingLimitMinor
  }

  private static func firstFault(
    in entries: [Entry], from start: Instant, before end: Instant?, openingLimitMinor: Int64,
    mayOverdraw: Bool
  ) -> Effect {
    var balance: Int128 = 0
    var limit = Int128(openingLimitMinor)
    var firstOverdraft: Effect?
    for (index, entry) in entries.enumerated() {
      switch entry.change {
      case .movement(let minorUnits): balance += Int128(minorUnits)
      case .limit(let minorUnits): limit = Int128(minorUnits)
      }
      let isLastOfInstant =
        index + 1 == entries.count || entries[index + 1].effectiveAt != entry.effectiveAt
      guard isLastOfInstant, entry.effectiveAt >= start else { continue }
      if let end, entry.effectiveAt >= end { break }
      guard Int64(exactly: balance) != nil else { return .overflow }
      if balance + limit < 0, !mayOverdraw, firstOverdraft == nil {
        let short = Int64(clamping: -(balance + limit))
        firstOverdraft = .overdraws(at: entry.effectiveAt, shortMinorUnits: short)
      }
    }
    return firstOverdraft ?? .harmless
  }
}

extension AccountTimeline.Change {
  fileprivate var isLimit: Bool {
    if case .limit = self { true } else { false }
  }

  /// Whether no balance can be lower, or less covered, because of it.
  fileprivate func canOnlyHelp(after limitMinor: Int64) -> Bool {
    switch self {
    case .movement(let minorUnits): minorUnits > 0
    case .limit(let minorUnits): minorUnits >= limitMinor
    }
  }
}
