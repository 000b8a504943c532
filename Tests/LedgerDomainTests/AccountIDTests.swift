import LedgerDomain
import Testing

@Suite("An account id")
struct AccountIDTests {
  @Test(
    "is 1 to 128 ASCII letters, digits and -_.:/@",
    arguments: [
      "a", "7", "acct-42", "A-z_0.9:x/y@z", "_", ".", ":", "/", "@", "a-", "..", "now", "0",
      String(repeating: "x", count: 128),
    ])
  func accepted(_ text: String) throws {
    let id = try AccountID(text)
    #expect(id.text == text)
    #expect("\(id)" == text)
  }

  @Test(
    "is nothing else",
    arguments: [
      "", "-", "-a", "--db", " ", "a b", " a", "a ", "a\n", "a\u{0}", "a\t", "é", "e\u{301}",
      "a\u{301}", "ａ", "٣", "😀", "a+b", "a,b", "a;b", "a'b", "a\"b", "a\\b", "a*", "a%", "a#",
      "a~", "a=b", "(a)", "a\u{7F}", "a\u{200B}", "\u{FEFF}a", String(repeating: "x", count: 129),
    ])
  func refused(_ text: String) {
    #expect(throws: Rejection.invalidAccountID(text: text)) { try AccountID(text) }
  }

  @Test("counts length in bytes up to the limit")
  func length() {
    #expect(AccountID.longest == 128)
    let tooLong = String(repeating: "x", count: 200_000)
    #expect(throws: Rejection.invalidAccountID(text: tooLong)) { try AccountID(tooLong) }
  }

  @Test("is case-sensitive and ordered by bytes, as SQLite orders text")
  func order() throws {
    #expect(try AccountID("a") != AccountID("A"))
    let ids = try ["b", "a", "A", "_", "a-", "Z", "a1", "10", "9", "@"].map(AccountID.init)
    let expected = ["10", "9", "@", "A", "Z", "_", "a", "a-", "a1", "b"]
    #expect(ids.sorted().map(\.text) == expected)
  }
}
