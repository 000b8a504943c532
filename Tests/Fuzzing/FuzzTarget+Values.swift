import LedgerCLI
import LedgerDomain
import LedgerEvents
import LedgerImport

/// What stands in one argument, one field or one column.
extension FuzzTarget {
  static let values = [
    amount, instant, cut, duration, dateFormat, currency, accountID, period,
  ]

  private static let now = Instant(micros: 1_780_315_200_123_456)

  private static let amount = FuzzTarget(
    "amount", tokens: [".", "0", "9223372036854775807", "92233720368547758.08", "00", "-", "e3"]
  ) { check, text in
    for code in ["USD", "JPY", "BHD", "CLF"] {
      guard let currency = Currency(code: code) else { continue }
      try amount(text, in: currency, check)
    }
    if let range = try? AmountRange(from: text, through: text), let usd = Currency(code: "USD"),
      let money = try? Amount(text).money(in: usd)
    {
      try check.require(range.contains(money), "\(text) to \(text) lets \(money.text) through")
    }
  }

  private static func amount(_ text: String, in currency: Currency, _ check: Checker) throws {
    if let stored = Money(storedDecimal: text, in: currency) {
      try check.require(stored.decimal, is: text, "a stored amount as it is written again")
    }
    let money: Money
    do {
      money = try Amount(text).money(in: currency)
    } catch {
      return try check.require(answered: error)
    }
    let parts = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
    try check.require(
      parts.count <= 2
        && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } },
      "\(text.debugDescription) is taken for an amount")
    try check.require(money.minorUnits >= 0, "\(text) is less than nothing")
    try check.require(
      Money(storedDecimal: money.decimal, in: currency), is: money, "\(text) stored and read")
    try check.require(
      try Amount(money.decimal).money(in: currency), is: money, "\(text) printed and read")
    // Digit by digit, as one does it on paper.
    let given = parts.count == 2 ? parts[1].count : 0
    let digits =
      text.filter { $0 != "." } + String(repeating: "0", count: max(0, currency.decimals - given))
    try check.require(given <= currency.decimals, "\(text) has too many decimals for \(currency)")
    try check.require(
      "\(money.minorUnits)",
      is: String(
        digits.drop { $0 == "0" }.isEmpty
          ? "0" : digits.drop { $0 == "0" }), "the minor units of \(text)")
  }

  private static let instant = FuzzTarget(
    "instant",
    tokens: [
      "2026-03-01", "T12:00:00", ".123456", "Z", "+02:00", "-23:59", "9999-12", "0001-01-01",
    ]
  ) { check, text in
    let start: Instant
    do {
      start = try Instant(parsing: text, edge: .start, now: now)
    } catch {
      return try check.require(answered: error)
    }
    let end = try Instant(parsing: text, edge: .end, now: now)
    try check.require(start <= end, "\(text) ends before it begins")
    for instant in [start, end] {
      try check.require(
        (Instant.earliest...Instant.latest).contains(instant), "\(text) is outside the calendar")
      let again = try Instant(parsing: instant.description, edge: .start, now: now)
      try check.require(again, is: instant, "\(text) printed and read")
    }
    if let month = CalendarMonth(text) {
      try check.require(month.description, is: text, "a month printed")
      try check.require(month.start, is: start, "the beginning of \(text)")
      try check.require(month.end, is: end, "the end of \(text)")
    }
  }

  private static let cut = FuzzTarget(
    "cut",
    tokens: ["known:", "version:", "position:", ",known:", "2026-03-01", "9223372036854775807"]
  ) { check, text in
    let argument = CutArgument(argument: text)
    do {
      let cut = try argument.cut(now: now)
      try check.require(try CutArgument(argument: argument.text).cut(now: now), is: cut, text)
    } catch let finding as FuzzFinding {
      throw finding
    } catch {
      try check.require(answered: error)
    }
  }

  private static let duration = FuzzTarget("duration", tokens: ["1000000", "s", "m", "h", "d"]) {
    check, text in
    guard let duration = DurationArgument(argument: text) else { return }
    let again = DurationArgument(argument: DurationArgument.text(micros: duration.micros))
    // A length that is no whole number of its unit below a million has no word.
    guard let again else { return }
    try check.require(again.micros, is: duration.micros, "\(text) printed and read")
  }

  private static let dateFormat = FuzzTarget(
    "date-format",
    tokens: ["%Y", "%y", "%m", "%b", "%d", "%H", "%M", "%S", "%z", "%F", "%D", "%T", "%R", "%%"]
  ) { check, text in
    let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    guard lines.count == 2, let format = DateFormat(String(lines[0])),
      let instant = format.instant(String(lines[1]))
    else { return }
    try check.require(
      (Instant.earliest...Instant.latest).contains(instant), "\(text) is outside the calendar")
  }

  private static let currency = FuzzTarget("currency", tokens: ["USD", "EUR", "XXX"]) {
    check, text in
    guard let currency = Currency(code: text) else { return }
    try check.require(currency.code, is: text, "the code of a currency")
    try check.require(Currency.all.contains(currency), "\(text) is no currency that there is")
  }

  private static let accountID = FuzzTarget("account-id", tokens: ["acct", "-", "_.:/@"]) {
    check, text in
    let id: AccountID
    do {
      id = try AccountID(text)
    } catch {
      return try check.require(answered: error)
    }
    try check.require(Array(id.text.utf8), is: Array(text.utf8), "an id")
    try check.require(AccountStream.account(of: AccountStream.id(of: id)), is: id, "a stream's id")
  }

  private static let period = FuzzTarget("period", tokens: ["2026-03", "-31", "today"]) {
    check, text in
    guard let period = Period(text) else { return }
    let end = try Instant(parsing: text, edge: .end, now: now)
    try check.require(period.end, is: end, "the end of \(text)")
  }
}
