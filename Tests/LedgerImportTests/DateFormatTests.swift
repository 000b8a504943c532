import LedgerDomain
import Testing

@testable import LedgerImport

@Suite("DateFormat")
struct DateFormatTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    let format: String
    let text: String
    let instant: String

    init(_ format: String, _ text: String, _ instant: String = "") {
      (self.format, self.text, self.instant) = (format, text, instant)
    }

    var testDescription: String { "\(format): \(text)" }
  }

  @Test(
    "a day is its first instant, UTC",
    arguments: [
      Sample("%y%m%d", "930101", "1993-01-01"), Sample("%y%m%d", "260301", "2026-03-01"),
      Sample("%d.%m.%Y", "01.03.2026", "2026-03-01"), Sample("%d.%m.%Y", "1.3.2026", "2026-03-01"),
      Sample("%e. %m. %Y", "1. 3. 2026", "2026-03-01"),
      Sample("%m/%d/%y", "03/01/26", "2026-03-01"), Sample("%D", "3/1/26", "2026-03-01"),
      Sample("%Y-%m-%d", "2026-12-31", "2026-12-31"), Sample("%F", "2026-12-31", "2026-12-31"),
      Sample("%Y%m%d", "20260301", "2026-03-01"), Sample("%Y%%%m%%%d", "2026%03%01", "2026-03-01"),
      Sample("dne %d/%m/%Y", "dne 01/03/2026", "2026-03-01"),
    ])
  func readsDay(_ sample: Sample) throws {
    let instant = try #require(DateFormat(sample.format)).instant(sample.text)
    #expect(instant.map { "\($0)" } == "\(sample.instant)T00:00:00.000000Z")
  }

  @Test(
    "months by name are English, short or whole, in any case",
    arguments: [
      Sample("%d %b %Y", "01 Mar 2026", "2026-03-01"),
      Sample("%d-%b-%y", "1-MAR-26", "2026-03-01"),
      Sample("%d%b%Y", "01may2026", "2026-05-01"),
      Sample("%B %d, %Y", "December 31, 2026", "2026-12-31"),
      Sample("%b %d, %Y", "September 3, 2026", "2026-09-03"),
    ])
  func readsMonthName(_ sample: Sample) throws {
    let instant = try #require(DateFormat(sample.format)).instant(sample.text)
    #expect(instant.map { "\($0)" } == "\(sample.instant)T00:00:00.000000Z")
  }

  @Test(
    "times are UTC unless an offset says otherwise",
    arguments: [
      Sample("%Y-%m-%dT%H:%M:%S%z", "2026-03-01T10:20:30Z", "2026-03-01T10:20:30"),
      Sample("%Y-%m-%dT%H:%M:%S%z", "2026-03-01T10:20:30+0200", "2026-03-01T08:20:30"),
      Sample("%Y-%m-%dT%H:%M:%S%z", "2026-03-01T00:30:00+01:00", "2026-02-28T23:30:00"),
      Sample("%Y-%m-%dT%H:%M:%S%z", "2026-12-31T23:30:00-0130", "2027-01-01T01:00:00"),
      Sample("%F %T", "2026-03-01 23:59:59", "2026-03-01T23:59:59"),
      Sample("%F %R", "2026-03-01 09:05", "2026-03-01T09:05:00"),
    ])
  func readsTime(_ sample: Sample) throws {
    let instant = try #require(DateFormat(sample.format)).instant(sample.text)
    #expect(instant.map { "\($0)" } == "\(sample.instant).000000Z")
  }

  @Test(
    "two-digit years turn at 69, as POSIX has it",
    arguments: [("68", 2_068), ("69", 1_969), ("99", 1_999), ("00", 2_000), ("26", 2_026)])
  func turnsCentury(_ text: String, _ year: Int) throws {
    let format = try #require(DateFormat("%y-%m-%d"))
    #expect(format.instant("\(text)-06-15").map { CalendarDay(of: $0).year } == year)
  }

  @Test("29 February is there in leap years only")
  func knowsLeapDay() throws {
    let format = try #require(DateFormat("%d.%m.%Y"))
    #expect(format.instant("29.02.2024") != nil)
    #expect(format.instant("29.02.2000") != nil)
    for text in ["29.02.2023", "29.02.1900", "30.02.2024"] { #expect(format.instant(text) == nil) }
  }

  @Test(
    "text that doesn't follow the format is no date",
    arguments: [
      Sample("%d.%m.%Y", "01.03.2026x"), Sample("%d.%m.%Y", "01.03.2026 10:00"),
      Sample("%d.%m.%Y", "01.03."), Sample("%d.%m.%Y", ""), Sample("%d.%m.%Y", "01/03/2026"),
      Sample("%d.%m.%Y", "31.04.2026"), Sample("%d.%m.%Y", "01.13.2026"),
      Sample("%d.%m.%Y", "00.03.2026"), Sample("%d.%m.%Y", "01.03.0000"),
      Sample("%d.%m.%Y", "-1.03.2026"), Sample("%d.%m.%Y", "+1.03.2026"),
      Sample("%y%m%d", "20260301"), Sample("%m/%d/%y", "03/01/2026"),
      Sample("%F %T", "2026-03-01 24:00:00"), Sample("%F %T", "2026-03-01 10:60:00"),
      Sample("%F %T", "2026-03-01 10:00:60"), Sample("%F%z", "2026-03-01+2500"),
      Sample("%F%z", "2026-03-01+01:60"), Sample("%F%z", "2026-03-01"),
      Sample("%F%z", "2026-03-01+01"), Sample("%d %b %Y", "01 Mrz 2026"),
      Sample("%d %b %Y", "01 Ma 2026"), Sample("%d %b %Y", "01 03 2026"),
    ])
  func refusesOtherText(_ sample: Sample) throws {
    let format = try #require(DateFormat(sample.format))
    #expect(format.instant(sample.text) == nil)
  }

  @Test(
    "an offset leads to no instant outside the years 1 to 9999",
    arguments: ["0001-01-01T00:00:00+0100", "9999-12-31T23:30:00-0100"])
  func staysInCalendar(_ text: String) throws {
    let format = try #require(DateFormat("%Y-%m-%dT%H:%M:%S%z"))
    #expect(format.instant(text) == nil)
  }

  @Test(
    "a format with an unknown letter, or without a year, month or day, is none",
    arguments: [
      "", "%Y-%m-%Q", "%Y-%m-%", "%j%Y", "%Y-%m", "%m-%d", "%Y-%d", "%d %b", "%H:%M:%S", "%s",
      "yyyy-MM-dd", "%%Y-%m-%d",
    ])
  func refusesFormat(_ text: String) {
    #expect(DateFormat(text) == nil)
  }
}
