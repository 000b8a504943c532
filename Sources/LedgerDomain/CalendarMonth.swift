/// A month of the proleptic Gregorian calendar, UTC.
public struct CalendarMonth: Hashable, Sendable {
  /// Months since the one that year 0 would begin with: consecutive months have consecutive numbers.
  public let number: Int

  private init(number: Int) { self.number = number }

  /// The month that `instant` lies in.
  public init(of instant: Instant) {
    let day = CalendarDay(of: instant)
    number = day.year * 12 + day.month - 1
  }

  /// Reads `2026-04`; nil for any other text, or a year outside 1 to 9999.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2],
      text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) }),
      let year = Int(parts[0]), let month = Int(parts[1]),
      CalendarDay(year: year, month: month, day: 1) != nil
    else { return nil }
    number = year * 12 + month - 1
  }

  private var firstDay: CalendarDay {
    guard let day = CalendarDay(year: number / 12, month: number % 12 + 1, day: 1) else {
      preconditionFailure("month \(number) lies outside the calendar")
    }
    return day
  }

  /// Its first instant.
  public var start: Instant { firstDay.start }

  /// Its last instant.
  public var end: Instant {
    let days = CalendarDay.daysIn(month: number % 12 + 1, year: number / 12)
    return Instant(micros: start.micros + Int64(days) * Instant.microsPerDay - 1)
  }

  /// The month before.
  public var previous: CalendarMonth { CalendarMonth(number: number - 1) }
}

extension CalendarMonth: Comparable {
  /// Whether `left` is earlier.
  public static func < (left: CalendarMonth, right: CalendarMonth) -> Bool {
    left.number < right.number
  }
}

extension CalendarMonth: CustomStringConvertible {
  /// `2026-04`.
  public var description: String { String(firstDay.description.prefix(7)) }
}
