import LedgerDomain
import LedgerKit
import Testing

@Suite("Cuts by the calendar")
struct CalendarCutTests {
  let book: Book
  let account: AccountID

  init() throws {
    book = try Book()
    account = try book.open("a")
  }

  private func instant(_ text: String, _ edge: Instant.Edge = .end) throws -> Instant {
    try Instant(parsing: text, edge: edge, now: try book.ledger.now())
  }

  /// The balance of what counts by `text`, as a user writes a cut; nil if the account was not there yet.
  private func balance(at text: String) throws -> String? {
    let cut = Cut.instants(effective: try instant(text), known: nil)
    let answer = try BruteFold.Answer(account, cut, in: book.reopened())
    #expect(try answer == BruteFold(book).answer(account, cut))
    return try answer.map { Money(minorUnits: $0.minorUnits, in: try Book.currency("USD")).decimal }
  }

  @Test("give one answer for one instant, at whatever offset it is written")
  func offsets() throws {
    let written = [
      "2024-02-29T23:30:00Z", "2024-03-01T01:30:00+02:00", "2024-02-29T18:30:00-05:00",
      "2024-03-01T05:15:00.000000+05:45",
    ]
    for (index, text) in written.enumerated() {
      let amount = Amount("\(index + 1)")
      try book.perform(.deposit(amount, to: account), at: try instant(text, .start))
    }
    let justBefore = [
      "2024-02-29T23:29:59.999999Z", "2024-03-01T01:29:59.999999+02:00",
      "2024-02-29T18:29:59.999999-05:00", "2024-03-01T05:14:59.999999+05:45",
    ]
    for text in written { #expect(try balance(at: text) == "10.00", "\(text)") }
    for text in justBefore { #expect(try balance(at: text) == nil, "\(text)") }
    // All four at one instant: only together are they what they are.
    try book.perform(.withdraw(Amount("10"), from: account), at: try instant(written[1], .start))
    for text in written { #expect(try balance(at: text) == "0.00", "\(text)") }
  }

  @Test(
    "refuse a local time without an offset: in the hour that a clock skips or repeats it is none",
    arguments: ["2026-03-29T02:30:00", "2026-10-25T02:30:00", "2024-02-29T12:00:00"])
  func local(_ text: String) throws {
    #expect(throws: InstantParseError.self) { try instant(text) }
  }

  @Test("know the leap day: as a cut, as an effective day, and as the end of its month")
  func leapDay() throws {
    try book.perform(.deposit(Amount("1"), to: account), at: try instant("2024-02-28", .start))
    try book.perform(.deposit(Amount("20"), to: account), at: try instant("2024-02-29", .start))
    try book.perform(.deposit(Amount("300"), to: account), at: try instant("2024-03-01", .start))
    let lastInstant = try instant("2024-02-29T23:59:59.999999Z")
    try book.perform(.deposit(Amount("4000"), to: account), at: lastInstant)
    #expect(try instant("2024-02") == lastInstant)
    #expect(try instant("2024-02-29") == lastInstant)
    let answers: [(String, String?)] = [
      ("2024-01", nil), ("2024-02-27", nil), ("2024-02-28", "1.00"),
      ("2024-02-29T00:00:00Z", "21.00"), ("2024-02-29T23:59:59.999998Z", "21.00"),
      ("2024-02-29", "4021.00"), ("2024-02", "4021.00"), ("2024-03-01", "4321.00"),
      ("2024-03", "4321.00"),
    ]
    for (text, expected) in answers { #expect(try balance(at: text) == expected, "\(text)") }
    for text in ["2023-02-29", "2100-02-29", "2024-02-30"] {
      #expect(throws: InstantParseError.self) { try instant(text) }
    }
    #expect(try book.ledger.verify().events == 5)
  }
}
