/// A point in time: whole microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
public struct Instant: Hashable, Sendable {
  /// Whole microseconds since 1970-01-01T00:00:00Z.
  public let micros: Int64

  /// The instant so many microseconds after 1970-01-01T00:00:00Z.
  public init(micros: Int64) { self.micros = micros }

  /// The first microsecond of year 1, UTC.
  public static let earliest = Instant(micros: -62_135_596_800_000_000)
  /// The last microsecond of year 9999, UTC.
  public static let latest = Instant(micros: 253_402_300_799_999_999)

  static let microsPerSecond: Int64 = 1_000_000
  static let microsPerDay: Int64 = 86_400 * microsPerSecond
}

extension Instant: Comparable {
  /// Whether `left` is earlier.
  public static func < (left: Instant, right: Instant) -> Bool { left.micros < right.micros }
}

extension Instant: CustomStringConvertible {
  /// UTC with microseconds (RFC 3339): `2026-04-15T10:23:45.123456Z`.
  public var description: String {
    let (days, rest) = micros.quotientAndRemainder(flooringBy: Self.microsPerDay)
    let (seconds, fraction) = rest.quotientAndRemainder(dividingBy: Self.microsPerSecond)
    let (minutes, second) = seconds.quotientAndRemainder(dividingBy: 60)
    let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
    return DigitText.write { text in
      text.append(CalendarDay(daysSince1970: days))
      text.append("T", hour, digits: 2)
      text.append(":", minute, digits: 2)
      text.append(":", second, digits: 2)
      text.append(".", fraction, digits: 6)
      text.append("Z")
    }
  }
}

/// A day of the proleptic Gregorian calendar, UTC.
public struct CalendarDay: Hashable, Sendable {
  /// 1 to 9999.
  public let year: Int
  /// 1 to 12.
  public let month: Int
  /// 1 to 31.
  public let day: Int

  /// Nil if the calendar has no such day between year 1 and year 9999.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month),
      (1...Self.daysIn(month: month, year: year)).contains(day)
    else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
  }

  static func daysIn(month: Int, year: Int) -> Int {
    let isLeapYear = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return switch month {
    case 2: isLeapYear ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// The first instant of the day.
  public var start: Instant { Instant(micros: daysSince1970 * Instant.microsPerDay) }

  /// The last instant of the day.
  public var end: Instant { Instant(micros: start.micros + Instant.microsPerDay - 1) }

  /// The day that `instant` lies in.
  public init(of instant: Instant) {
    let days = instant.micros.quotientAndRemainder(flooringBy: Instant.microsPerDay).quotient
    self.init(daysSince1970: days)
  }

  /// The day before.
  public var previous: CalendarDay { CalendarDay(daysSince1970: daysSince1970 - 1) }

  // Both conversions count in 400-year eras of years that begin in March, so that the leap day comes
  // last: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (public domain).
  private static let daysPerEra: Int64 = 146_097
  private static let daysFromEraTo1970: Int64 = 719_468

  var daysSince1970: Int64 {
    let marchYear = Int64(month <= 2 ? year - 1 : year)
    let (era, yearOfEra) = marchYear.quotientAndRemainder(flooringBy: 400)
    let dayOfYear = Int64((153 * ((month + 9) % 12) + 2) / 5 + day - 1)
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * Self.daysPerEra + dayOfEra - Self.daysFromEraTo1970
  }

  init(daysSince1970 days: Int64) {
    let shifted = days + Self.daysFromEraTo1970
    let (era, dayOfEra) = shifted.quotientAndRemainder(flooringBy: Self.daysPerEra)
    let leapDays = dayOfEra / 1_460 - dayOfEra / 36_524 + dayOfEra / 146_096
    let yearOfEra = (dayOfEra - leapDays) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = Int(dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    month = Int(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9)
    year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
  }
}

extension CalendarDay: CustomStringConvertible {
  /// `2026-04-15`.
  public var description: String {
    DigitText.write { $0.append(self) }
  }
}

extension Int64 {
  /// Like `quotientAndRemainder(dividingBy:)`, with a remainder that is never negative.
  func quotientAndRemainder(flooringBy divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

/// The text of an instant, written digit by digit: a dump writes two for every event, and putting
/// strings together would take longer than everything else about one.
private struct DigitText {
  // Years beyond 9999 have more than the usual 27 characters.
  private static let longest = 40
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  private var count = 0

  static func write(_ body: (inout DigitText) -> Void) -> String {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longest) { buffer in
      var text = DigitText(buffer: buffer)
      body(&text)
      return String(decoding: UnsafeBufferPointer(rebasing: buffer[..<text.count]), as: UTF8.self)
    }
  }

  mutating func append(_ day: CalendarDay) {
    append(Int64(day.year), digits: 4)
    append("-", Int64(day.month), digits: 2)
    append("-", Int64(day.day), digits: 2)
  }

  mutating func append(_ mark: UnicodeScalar) {
    buffer[count] = UInt8(ascii: mark)
    count += 1
  }

  mutating func append(_ mark: UnicodeScalar, _ value: Int64, digits: Int) {
    append(mark)
    append(value, digits: digits)
  }

  /// At least so many digits, with zeros in front.
  private mutating func append(_ value: Int64, digits: Int) {
    if value < 0 { append("-") }
    var rest = value.magnitude
    var width = digits
    var beyond = (0..<digits).reduce(UInt64(1)) { power, _ in power * 10 }
    while rest >= beyond { (width, beyond) = (width + 1, beyond * 10) }
    for index in (count..<count + width).reversed() {
      buffer[index] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
    count += width
  }
}
