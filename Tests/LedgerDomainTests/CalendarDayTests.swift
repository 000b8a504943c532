import LedgerDomain
import Testing

@Suite("A day of the calendar")
struct CalendarDayTests {
  private static let microsPerDay: Int64 = 86_400_000_000

  @Test(
    "is the one that counting day by day arrives at",
    arguments: [(1, -719_162, 450), (1580, -142_445, 2430), (9_900, 2_896_373, 9_999)])
  func agreesWithCounting(_ first: Int, _ firstDay: Int64, _ last: Int) throws {
    var days = firstDay
    var wrong: [String] = []
    var previous: CalendarDay?
    for year in first...last {
      for (month, length) in zip(1..., Self.monthLengths(of: year)) {
        for day in 1...length {
          let counted = CalendarDay(year: year, month: month, day: day)
          let start = Instant(micros: days * Self.microsPerDay)
          let noon = Instant(micros: start.micros + Self.microsPerDay / 2)
          let end = Instant(micros: start.micros + Self.microsPerDay - 1)
          let isRight =
            counted?.start == start && counted?.end == end && CalendarDay(of: start) == counted
            && CalendarDay(of: noon) == counted && CalendarDay(of: end) == counted
            && (previous == nil || counted?.previous == previous)
          if !isRight { wrong.append("\(year)-\(month)-\(day)") }
          previous = counted
          days += 1
        }
        #expect(CalendarDay(year: year, month: month, day: length + 1) == nil)
      }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(5))")
  }

  @Test("lies between the years 1 and 9999")
  func bounds() throws {
    #expect(try #require(CalendarDay(year: 1, month: 1, day: 1)).start == .earliest)
    #expect(try #require(CalendarDay(year: 9_999, month: 12, day: 31)).end == .latest)
    let outside = [
      (0, 12, 31), (10_000, 1, 1), (-1, 1, 1), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0),
      (2026, 1, -1), (2026, 2, 29), (2100, 2, 29),
    ]
    #expect(outside.allSatisfy { CalendarDay(year: $0, month: $1, day: $2) == nil })
  }

  @Test("is printed as RFC 3339 has it")
  func isPrinted() {
    #expect(CalendarDay(year: 2026, month: 4, day: 5)?.description == "2026-04-05")
    #expect(CalendarDay(year: 1, month: 12, day: 31)?.description == "0001-12-31")
  }

  /// The rule as Pope Gregory's bull has it, month by month.
  private static func monthLengths(of year: Int) -> [Int] {
    let isLeap = year.isMultiple(of: 400) || year.isMultiple(of: 4) && !year.isMultiple(of: 100)
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  }
}
