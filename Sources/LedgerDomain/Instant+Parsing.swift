/// Why text is no instant.
public struct InstantParseError: Error, Hashable, Sendable {
  /// What was to be read.
  public let text: String
  /// What is wrong, as the rest of a sentence that began with the text.
  public let problem: String
}

extension Instant {
  /// Which end of a day or a month its bare name stands for.
  public enum Edge: Sendable {
    /// Its first instant: a lower bound, an effective time.
    case start
    /// Its last instant: a cut, an upper bound.
    case end
  }

  /// Reads `2026-03-01T12:00:00Z` (RFC 3339 with an offset), `2026-03-01`, `2026-03`, `now`, `today` or
  /// `yesterday`. Days and months are UTC; `edge` says which end of one is meant.
  public init(
    parsing text: String, edge: Edge, now: Instant
  ) throws(InstantParseError) {
    switch text {
    case "now": self = now
    case "today": self = CalendarDay(of: now).edge(edge)
    case "yesterday": self = CalendarDay(of: now).previous.edge(edge)
    default:
      var scanner = InstantScanner(text)
      self = try scanner.instant(edge: edge)
    }
  }
}

extension CalendarDay {
  fileprivate func edge(_ edge: Instant.Edge) -> Instant {
    switch edge {
    case .start: start
    case .end: end
    }
  }
}

private struct InstantScanner {
  let text: String
  var rest: Substring.UTF8View

  init(_ text: String) {
    self.text = text
    rest = text[...].utf8
  }

  mutating func instant(edge: Instant.Edge) throws(InstantParseError) -> Instant {
    let year = try number(digits: 4)
    try expect("-")
    let month = try number(digits: 2)
    if rest.isEmpty { return try wholeMonth(year, month, edge) }
    try expect("-")
    let day = try day(year, month, try number(digits: 2))
    if rest.isEmpty { return day.edge(edge) }
    return try moment(on: day)
  }

  private func wholeMonth(
    _ year: Int, _ month: Int, _ edge: Instant.Edge
  ) throws(InstantParseError) -> Instant {
    let first = try day(year, month, 1)
    switch edge {
    case .start: return first.start
    case .end: return try day(year, month, CalendarDay.daysIn(month: month, year: year)).end
    }
  }

  private func day(_ year: Int, _ month: Int, _ day: Int) throws(InstantParseError) -> CalendarDay {
    guard let day = CalendarDay(year: year, month: month, day: day) else {
      throw failure("is no day of the calendar")
    }
    return day
  }

  private mutating func moment(on day: CalendarDay) throws(InstantParseError) -> Instant {
    guard let separator = rest.popFirst(), "Tt ".utf8.contains(separator) else {
      throw malformed
    }
    let hour = try number(digits: 2)
    try expect(":")
    let minute = try number(digits: 2)
    try expect(":")
    let second = try number(digits: 2)
    let fraction = try fraction()
    guard hour < 24, minute < 60 else { throw failure("is no time of day") }
    guard second < 60 else {
      throw failure("has a second \(second); leap seconds are not counted, write second 59")
    }
    let offset = try offsetMinutes()
    guard rest.isEmpty else { throw malformed }
    let seconds = Int64(hour * 3600 + minute * 60 + second) - offset * 60
    let micros = day.start.micros + seconds * Instant.microsPerSecond + fraction
    let instant = Instant(micros: micros)
    guard (Instant.earliest...Instant.latest).contains(instant) else {
      throw failure("is outside the years 1 to 9999")
    }
    return instant
  }

  /// The microseconds after a point, if there is one.
  private mutating func fraction() throws(InstantParseError) -> Int64 {
    guard rest.first == UInt8(ascii: ".") else { return 0 }
    rest.removeFirst()
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    guard !digits.isEmpty else { throw malformed }
    guard digits.count <= 6 else { throw failure("has digits beyond the microsecond") }
    rest = rest.dropFirst(digits.count)
    let scale = (digits.count..<6).reduce(into: Int64(1)) { scale, _ in scale *= 10 }
    return digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) } * scale
  }

  /// Minutes east of UTC.
  private mutating func offsetMinutes() throws(InstantParseError) -> Int64 {
    guard let sign = rest.popFirst() else {
      throw failure("has no offset from UTC; end it with Z or, for example, +02:00")
    }
    switch sign {
    case UInt8(ascii: "Z"), UInt8(ascii: "z"): return 0
    case UInt8(ascii: "+"), UInt8(ascii: "-"):
      let hours = try number(digits: 2)
      try expect(":")
      let minutes = try number(digits: 2)
      guard hours < 24, minutes < 60 else { throw failure("has no such offset from UTC") }
      return Int64(hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
    default: throw malformed
    }
  }

  private mutating func number(digits count: Int) throws(InstantParseError) -> Int {
    let digits = rest.prefix(count)
    guard digits.count == count, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw malformed
    }
    rest = rest.dropFirst(count)
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private mutating func expect(_ character: UnicodeScalar) throws(InstantParseError) {
    guard rest.popFirst() == UInt8(ascii: character) else { throw malformed }
  }

  private var malformed: InstantParseError {
    failure(
      "is no instant; write 2026-03-01T12:00:00Z, 2026-03-01, 2026-03, now, today or yesterday")
  }

  private func failure(_ problem: String) -> InstantParseError {
    InstantParseError(text: text, problem: problem)
  }
}
