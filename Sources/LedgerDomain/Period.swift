/// A month or a day, UTC, that is closed as a whole.
public struct Period: Hashable, Sendable {
  /// `2026-03`, or `2026-03-31`.
  public let text: String
  /// Its last instant.
  public let end: Instant

  /// Reads `2026-03` or `2026-03-31`; nil for any other text.
  public init?(_ text: String) {
    // As long as one of the two: words such as `today` and instants are not.
    guard [7, 10].contains(text.utf8.count),
      let end = try? Instant(parsing: text, edge: .end, now: .earliest)
    else { return nil }
    (self.text, self.end) = (text, end)
  }
}

extension Period: CustomStringConvertible {
  /// The same as `text`.
  public var description: String { text }
}

/// A period and the commit that closed it.
public struct ClosedPeriod: Hashable, Sendable {
  /// What was closed, with everything before it.
  public let period: Period
  /// Global position of the close.
  public let position: Int64

  /// A value with all its fields.
  public init(_ period: Period, at position: Int64) {
    (self.period, self.position) = (period, position)
  }

  /// The last instant at which nothing may be recorded any more.
  public var through: Instant { period.end }
}

/// Up to where the book is closed, and the rules that follow from it.
public struct Watermark: Hashable, Sendable {
  /// The latest close that was not reopened; nil if there is none.
  public let latest: ClosedPeriod?

  /// The watermark that `latest` sets.
  public init(_ latest: ClosedPeriod?) { self.latest = latest }

  /// Throws `Rejection.periodClosed` unless something may still count at `effectiveAt`.
  public func requireOpen(at effectiveAt: Instant) throws(Rejection) {
    guard let latest, effectiveAt <= latest.through else { return }
    throw .periodClosed(effectiveAt: effectiveAt, by: latest)
  }

  /// Throws unless `period` may be closed at `now`: it must be over and end after the watermark.
  public func requireClosable(_ period: Period, now: Instant) throws(Rejection) {
    if let latest, period.end <= latest.through {
      throw .periodAlreadyClosed(period, by: latest)
    }
    guard period.end < now else { throw .periodNotOver(period, now: now) }
  }

  /// The close that reopening `period` takes back; nil means the latest, and only that can be.
  public func reopening(_ period: Period?) throws(Rejection) -> ClosedPeriod {
    guard let latest, latest.period == period ?? latest.period else {
      throw .periodNotClosed(period, latest: latest)
    }
    return latest
  }
}
