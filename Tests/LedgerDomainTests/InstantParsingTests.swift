import LedgerDomain
import Testing

@Suite("An instant, as somebody writes it")
struct InstantParsingTests {
  /// 2026-04-15T10:23:45.123456Z.
  private static let now = Instant(micros: 1_776_248_625_123_456)

  @Test(
    "is RFC 3339 with an offset, to the microsecond",
    arguments: [
      ("2026-03-01T12:00:00Z", 1_772_366_400_000_000),
      ("2026-03-01t12:00:00z", 1_772_366_400_000_000),
      ("2026-03-01 12:00:00Z", 1_772_366_400_000_000),
      ("2026-03-01T12:00:00+00:00", 1_772_366_400_000_000),
      ("2026-03-01T12:00:00-00:00", 1_772_366_400_000_000),
      ("2026-03-01T14:00:00+02:00", 1_772_366_400_000_000),
      ("2026-03-01T17:30:00+05:30", 1_772_366_400_000_000),
      ("2026-02-28T23:15:00-12:45", 1_772_366_400_000_000),
      ("2026-03-01T12:00:00-23:59", 1_772_452_740_000_000),
      ("2026-03-01T12:00:00.1Z", 1_772_366_400_100_000),
      ("2026-03-01T12:00:00.000001Z", 1_772_366_400_000_001),
      ("2026-03-01T12:00:00.123456+02:00", 1_772_359_200_123_456),
      ("2000-02-29T12:34:56.5Z", 951_827_696_500_000),
      ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999999Z", -1),
      ("1900-03-01T00:00:00Z", -2_203_891_200_000_000),
      ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
      ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
      ("9999-12-31T23:59:59+23:59", 253_402_214_459_000_000),
    ])
  func moment(_ text: String, _ micros: Int64) throws {
    for edge in [Instant.Edge.start, .end] {
      #expect(try Instant(parsing: text, edge: edge, now: Self.now).micros == micros)
    }
  }

  @Test(
    "may be a day or a month, meaning its first instant or its last",
    arguments: [
      ("2026-03-01", "2026-03-01T00:00:00.000000Z", "2026-03-01T23:59:59.999999Z"),
      ("2024-02-29", "2024-02-29T00:00:00.000000Z", "2024-02-29T23:59:59.999999Z"),
      ("2026-03", "2026-03-01T00:00:00.000000Z", "2026-03-31T23:59:59.999999Z"),
      ("2026-04", "2026-04-01T00:00:00.000000Z", "2026-04-30T23:59:59.999999Z"),
      ("2024-02", "2024-02-01T00:00:00.000000Z", "2024-02-29T23:59:59.999999Z"),
      ("2000-02", "2000-02-01T00:00:00.000000Z", "2000-02-29T23:59:59.999999Z"),
      ("1900-02", "1900-02-01T00:00:00.000000Z", "1900-02-28T23:59:59.999999Z"),
      ("2026-12", "2026-12-01T00:00:00.000000Z", "2026-12-31T23:59:59.999999Z"),
      ("1969-12", "1969-12-01T00:00:00.000000Z", "1969-12-31T23:59:59.999999Z"),
      ("0001-01-01", "0001-01-01T00:00:00.000000Z", "0001-01-01T23:59:59.999999Z"),
      ("9999-12", "9999-12-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z"),
      ("today", "2026-04-15T00:00:00.000000Z", "2026-04-15T23:59:59.999999Z"),
      ("yesterday", "2026-04-14T00:00:00.000000Z", "2026-04-14T23:59:59.999999Z"),
      ("now", "2026-04-15T10:23:45.123456Z", "2026-04-15T10:23:45.123456Z"),
    ])
  func edges(_ text: String, _ start: String, _ end: String) throws {
    #expect(try Instant(parsing: text, edge: .start, now: Self.now).description == start)
    #expect(try Instant(parsing: text, edge: .end, now: Self.now).description == end)
  }

  @Test(
    "knows yesterday across months, years and leap days",
    arguments: [
      ("2024-03-01T00:00:00Z", "2024-02-29T00:00:00.000000Z"),
      ("2026-03-01T23:59:59.999999Z", "2026-02-28T00:00:00.000000Z"),
      ("2026-01-01T12:00:00Z", "2025-12-31T00:00:00.000000Z"),
      ("1970-01-01T00:00:00Z", "1969-12-31T00:00:00.000000Z"),
      ("1969-12-31T23:59:59Z", "1969-12-30T00:00:00.000000Z"),
    ])
  func yesterday(_ now: String, _ expected: String) throws {
    let now = try Instant(parsing: now, edge: .start, now: Self.now)
    let yesterday = try Instant(parsing: "yesterday", edge: .start, now: now)
    #expect(yesterday.description == expected)
  }

  @Test(
    "is refused with a sentence that says why",
    arguments: [
      ("2026-03-01T12:00:00", "has no offset from UTC"),
      ("2026-03-01T12:00:00.5", "has no offset from UTC"),
      ("2026-03-01T23:59:60Z", "has a second 60"), ("2016-12-31T23:59:60Z", "has a second 60"),
      ("2026-03-01T12:00:61Z", "has a second 61"),
      ("2026-03-01T12:00:00.1234567Z", "beyond the microsecond"),
      ("2026-03-01T12:00:00.0000000Z", "beyond the microsecond"),
      ("2026-02-29", "no day of the calendar"), ("1900-02-29", "no day of the calendar"),
      ("2026-04-31T00:00:00Z", "no day of the calendar"),
      ("2026-00", "no day of the calendar"), ("2026-13", "no day of the calendar"),
      ("2026-03-00", "no day of the calendar"), ("2026-03-32", "no day of the calendar"),
      ("0000-12-31", "no day of the calendar"), ("0000-01", "no day of the calendar"),
      ("2026-03-01T24:00:00Z", "is no time of day"), ("2026-03-01T12:60:00Z", "no time of day"),
      ("2026-03-01T12:00:00+24:00", "no such offset"),
      ("2026-03-01T12:00:00+02:60", "no such offset"),
      ("0001-01-01T00:00:00+00:01", "outside the years 1 to 9999"),
      ("9999-12-31T23:59:59-00:01", "outside the years 1 to 9999"),
    ])
  func refused(_ text: String, _ reason: String) {
    let error = #expect(throws: InstantParseError.self) {
      try Instant(parsing: text, edge: .start, now: Self.now)
    }
    #expect(error?.text == text)
    #expect(error?.problem.contains(reason) == true, "\(error?.problem ?? "accepted")")
  }

  @Test(
    "is refused if it is anything else",
    arguments: [
      "", " ", "2026", "2026-", "2026-3", "2026-3-1", "26-03-01", "10000-01-01", "-2026-03-01",
      "+2026-03-01", "2026/03/01", "20260301", "2026-03-01T", "2026-03-01T12", "2026-03-01T12:00",
      "2026-03-01T12:00Z", "2026-03-01Z", "2026-03-01T12:00:00.Z", "2026-03-01T12:00:00,5Z",
      "2026-03-01T12:00:00Zx", "2026-03-01T12:00:00Z ", " 2026-03-01", "2026-03-01 ",
      "2026-03-01_12:00:00Z", "2026-03-01T12:00:00+0200", "2026-03-01T12:00:00+02",
      "2026-03-01T12:00:00+02:00Z", "2026-03-01T12:00:00 Z", "2026-03-01T1:00:00Z",
      "2026-03-01T-1:00:00Z", "٢٠٢٦-03-01", "Now", "NOW", "now ", "today ", "tomorrow", "NaN",
    ])
  func malformed(_ text: String) {
    #expect(throws: InstantParseError.self) {
      try Instant(parsing: text, edge: .end, now: Self.now)
    }
  }
}
