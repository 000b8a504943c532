import Testing

@testable import LedgerCLI

@Suite("A line of CSV")
struct CSVLineTests {
  private func line(_ fields: [String]) -> String {
    String(decoding: CSVLine.bytes(fields), as: UTF8.self)
  }

  @Test(
    "has an apostrophe before what a spreadsheet could take for a formula",
    arguments: [
      ("=1+1", "'=1+1"), ("+1", "'+1"), ("@SUM(A1)", "'@SUM(A1)"), ("-1+1", "'-1+1"),
      ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"), ("-", "'-"), ("--5", "'--5"), ("-5.", "'-5."),
      ("-.5", "'-.5"), ("-5e3", "'-5e3"), ("-5 USD", "'-5 USD"), ("-1,5", "\"'-1,5\""),
      (#"=HYPERLINK("x")"#, #""'=HYPERLINK(""x"")""#), ("\t=1", #"'\u{9}=1"#),
      ("\r=1", #"'\u{D}=1"#), ("\n=1", "\"'\n=1\""), ("  =1", "'  =1"), ("＝1", "'＝1"),
      ("-٣", "'-٣"),
    ])
  func formulas(_ field: String, _ expected: String) {
    #expect(line([field]) == expected + "\n")
    #expect(line(["a", field, ""]) == "a,\(expected),\n")
  }

  @Test(
    "leaves numbers and other text as they are",
    arguments: [
      "-5", "-5.00", "0", "5.00", "a=b", "a-b", "acct-42", "'=1", "2026-03-01T12:00:00.000000Z", "",
      "x @ y", "Käse ☕", "-92233720368547758.08",
    ])
  func others(_ field: String) {
    #expect(line([field]) == field + "\n")
  }

  @Test(
    "quotes what RFC 4180 says has to be",
    arguments: [
      ("a,b", #""a,b""#), (#"say "x""#, #""say ""x""""#), ("two\nlines", "\"two\nlines\""),
      (" x", #"" x""#), ("x\u{1B}[31m", #"x\u{1B}[31m"#), ("é,", #""é,""#),
    ])
  func quotes(_ field: String, _ expected: String) {
    #expect(line([field]) == expected + "\n")
  }
}
