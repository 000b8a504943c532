import LedgerDomain
import Testing

extension Period {
  /// March 2026.
  static let sample = Period(unchecked: "2026-03")

  /// For texts that are known to be periods.
  init(unchecked text: String) {
    guard let period = Period(text) else { preconditionFailure("'\(text)' is no period") }
    self = period
  }
}

@Suite("A period")
struct PeriodTests {
  @Test(
    "is a month or a day, and ends with its last microsecond, UTC",
    arguments: [
      ("2026-03", "2026-03-31T23:59:59.999999Z"), ("2026-03-31", "2026-03-31T23:59:59.999999Z"),
      ("2026-12", "2026-12-31T23:59:59.999999Z"), ("2024-02", "2024-02-29T23:59:59.999999Z"),
      ("2024-02-28", "2024-02-28T23:59:59.999999Z"), ("0001-01", "0001-01-31T23:59:59.999999Z"),
      ("9999-12", "9999-12-31T23:59:59.999999Z"),
    ])
  func ends(_ text: String, _ end: String) throws {
    let period = try #require(Period(text))
    #expect(period.end.description == end)
    #expect("\(period)" == text)
  }

  @Test(
    "is nothing else",
    arguments: [
      "", "2026", "2026-3", "2026-13", "2026-00", "2026-02-30", "2026-03-", "2026-03-1", "today",
      "yesterday", "now", "2026/03", "26-03-1", " 2026-03", "2026-03 ", "2026-03-31T", "-026-03",
      "２026-0", "2026-03-31T00:00:00Z", "March 2026", "0000-01", "2026-0٣",
    ])
  func refuses(_ text: String) { #expect(Period(text) == nil) }
}

@Suite("A watermark")
struct WatermarkTests {
  private let march = ClosedPeriod(.sample, at: 9)
  private var end: Int64 { march.through.micros }

  private func rejection(_ decide: () throws(Rejection) -> Void) -> Rejection? {
    do {
      try decide()
      return nil
    } catch {
      return error
    }
  }

  @Test("refuses what counts at or before the end, and nothing after it")
  func open() {
    let watermark = Watermark(march)
    for micros in [end, end - 1, 0, Instant.earliest.micros] {
      let instant = Instant(micros: micros)
      #expect(
        rejection { () throws(Rejection) in try watermark.requireOpen(at: instant) }
          == .periodClosed(effectiveAt: instant, by: march))
    }
    for (watermark, micros) in [(watermark, end + 1), (Watermark(nil), 0)] {
      #expect(
        rejection { () throws(Rejection) in
          try watermark.requireOpen(at: Instant(micros: micros))
        } == nil)
    }
  }

  @Test("moves only to the end of a later period, and only once that is over")
  func closable() {
    func refusal(_ text: String, now micros: Int64, _ watermark: Watermark) -> Rejection? {
      rejection { () throws(Rejection) in
        try watermark.requireClosable(Period(unchecked: text), now: Instant(micros: micros))
      }
    }
    let later = Period(unchecked: "2026-04-01").end.micros
    let watermark = Watermark(march)
    for text in ["2026-03", "2026-03-31", "2026-03-30", "2025-12"] {
      #expect(
        refusal(text, now: later, watermark)
          == .periodAlreadyClosed(Period(unchecked: text), by: march))
    }
    #expect(refusal("2026-04-01", now: later + 1, watermark) == nil)
    #expect(
      refusal("2026-04-01", now: later, watermark)
        == .periodNotOver(Period(unchecked: "2026-04-01"), now: Instant(micros: later)))
    #expect(refusal("2026-03", now: end + 1, Watermark(nil)) == nil)
  }

  @Test("goes back by the latest close alone")
  func reopening() throws {
    let watermark = Watermark(march)
    #expect(try watermark.reopening(nil) == march)
    #expect(try watermark.reopening(.sample) == march)
    let day = Period(unchecked: "2026-03-31")
    #expect(throws: Rejection.periodNotClosed(day, latest: march)) {
      try watermark.reopening(day)
    }
    for period in [nil, day] {
      #expect(throws: Rejection.periodNotClosed(period, latest: nil)) {
        try Watermark(nil).reopening(period)
      }
    }
  }

  @Test("is explained with the period, its end, the position of its close and the remedy")
  func messages() {
    let closed = Rejection.periodClosed(effectiveAt: .second(1), by: march)
    for part in [
      "1970-01-01T00:00:01.000000Z", "2026-03,", "2026-03-31T23:59:59.999999Z", "position 9",
      "--effective", "--corrects POSITION",
    ] {
      #expect(closed.message.contains(part), "\(part)")
    }
    #expect(
      closed.facts.map(\.name) == ["effectiveAt", "period", "through", "closedAtPosition"])
    let again = Rejection.periodAlreadyClosed(.sample, by: march)
    #expect(again.code == closed.code)
    #expect(again.message.contains("position 9"))
    let notClosed = Rejection.periodNotClosed(nil, latest: nil)
    #expect(notClosed.message == "there is nothing to reopen: no period is closed")
    let notLatest = Rejection.periodNotClosed(Period(unchecked: "2026-02"), latest: march)
    #expect(notLatest.message.contains("the latest closed period is 2026-03"))
    #expect(Rejection.periodNeverClosed(.sample).code == notClosed.code)
  }
}

@Suite("A total")
struct CurrencyTotalTests {
  @Test("is written with its currency's decimals, and read back, beyond 64 bits too")
  func decimal() throws {
    let samples: [(Int128, String, String)] = [
      (0, "USD", "0.00"), (5, "USD", "0.05"), (-5, "USD", "-0.05"), (482_050, "USD", "4820.50"),
      (0, "JPY", "0"), (-700, "JPY", "-700"), (1, "BHD", "0.001"), (-12_345, "BHD", "-12.345"),
      (Int128(Int64.max) * 100, "USD", "9223372036854775807.00"),
      (Int128(Int64.min) * 1_000, "BHD", "-9223372036854775808.000"),
    ]
    for (minorUnits, code, text) in samples {
      let currency = try #require(Currency(code: code))
      let total = CurrencyTotal(currency: currency, minorUnits: minorUnits)
      #expect(total.decimal == text)
      #expect(CurrencyTotal(storedDecimal: text, in: currency) == total)
    }
    let cents = CurrencyTotal(currency: try .usd, minorUnits: -105)
    #expect(cents.decimal == (try Currency.usd).money(-105).decimal)
    for text in ["", "1", "1.0", "1.000", "+1.00", "01.00", "-0.00", "1.00 ", "1..0", ".10", "x"] {
      #expect(CurrencyTotal(storedDecimal: text, in: try .usd) == nil, "\(text)")
    }
  }
}
