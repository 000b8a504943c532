import LedgerDomain
import Testing

@Suite("Calendar months")
struct CalendarMonthTests {
  @Test(
    "begin and end at the microsecond, leap years counted",
    arguments: [
      ("2026-04", "2026-04-01T00:00:00.000000Z", "2026-04-30T23:59:59.999999Z"),
      ("2024-02", "2024-02-01T00:00:00.000000Z", "2024-02-29T23:59:59.999999Z"),
      ("1900-02", "1900-02-01T00:00:00.000000Z", "1900-02-28T23:59:59.999999Z"),
      ("0001-01", "0001-01-01T00:00:00.000000Z", "0001-01-31T23:59:59.999999Z"),
      ("9999-12", "9999-12-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z"),
    ])
  func edges(_ text: String, _ start: String, _ end: String) throws {
    let month = try #require(CalendarMonth(text))
    #expect("\(month)" == text)
    #expect("\(month.start)" == start)
    #expect("\(month.end)" == end)
    #expect(CalendarMonth(of: month.start) == month)
    #expect(CalendarMonth(of: month.end) == month)
  }

  @Test("the one before ends where it begins, across years too", arguments: ["2026-01", "2024-03"])
  func previous(_ text: String) throws {
    let month = try #require(CalendarMonth(text))
    #expect(month.previous.end.micros + 1 == month.start.micros)
    #expect(month.previous < month)
  }

  @Test(
    "anything else is no month",
    arguments: [
      "", "2026", "2026-4", "2026-00", "2026-13", "0000-01", "2026-04-01", "26-04", " 2026-04",
      "+026-04", "2026-+4", "٢٠٢٦-٠٤",
    ])
  func malformed(_ text: String) {
    #expect(CalendarMonth(text) == nil)
  }
}
