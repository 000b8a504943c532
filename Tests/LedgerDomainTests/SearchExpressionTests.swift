import LedgerDomain
import Testing

@Suite("What is searched")
struct SearchExpressionTests {
  @Test(
    "is quoted word by word, and combined as the index combines",
    arguments: [
      ("rent", #""rent""#),
      ("rent landlord", #""rent" AND "landlord""#),
      ("rent AND (flat* OR house) NOT garage", #""rent" AND ("flat" * OR "house") NOT "garage""#),
      (#""monthly rent"*"#, #""monthly rent" *"#),
      ("acct-42", #""acct-42""#),
      ("reason:refund", #"{reason} : "refund""#),
      ("reason: (a OR b)", #"{reason} : ("a" OR "b")"#),
      ("shop:7", #""shop:7""#),
      // To a reader of scalars, as the index is, marks on a sign don't make another of it.
      ("x\"\u{301}y\"", "\"x\" AND \"\u{301}y\""),
      ("x(\u{200D}y)\u{301}z", "\"x\" AND (\"\u{200D}y\") AND \"\u{301}z\""),
      ("and NEAR(a, b) ^c", #""and" AND "NEAR" AND ("a," AND "b") AND "^c""#),
    ])
  func text(_ query: String, _ expected: String) throws {
    #expect(try SearchExpression(query).text == expected)
  }

  @Test("is shown wherever one of its words stands, but for those that must not be there")
  func anyTerm() throws {
    let query = "rent NOT (garage OR boat) description:(flat* holder:zoe) OR house"
    #expect(
      try SearchExpression(query).anyTerm
        == #""rent" OR {description} : "flat" * OR {holder} : "zoe" OR "house""#)
  }

  @Test(
    "is refused with what is wrong if it makes no sense",
    arguments: [
      ("", "has no word to look for"),
      ("  ", "has no word to look for"),
      (#""rent"#, "has a quotation mark that is never closed"),
      ("x\"\u{200D} OR holder : y", "has a quotation mark that is never closed"),
      ("(rent", "opens a parenthesis that is never closed"),
      ("rent)", "closes a parenthesis that was never opened"),
      ("()", "has ')' where a word is missing"),
      ("rent AND", "ends where a word is missing"),
      ("OR rent", "has OR where a word is missing"),
      ("reason:", "ends where a word is missing"),
      ("reason: holder: x", "has 'holder:' where a word is missing"),
      ("NOT rent", "says NOT without anything to take away from; write: rent NOT garage"),
      ("***", "looks for '***', which has no letter or digit"),
      ("\u{24B6}", "looks for '\u{24B6}', which has no letter or digit"),
      (#""""#, "looks for '', which has no letter or digit"),
      ("a\u{0}b", "has a control character"),
      ("a\nb", "has a control character"),
      (String(repeating: "a ", count: 65), "is too long; 64 words are the most"),
      (String(repeating: "a ", count: 10_000), "is too long; 64 words are the most"),
      (String(repeating: "(", count: 200) + "a", "nests too many parentheses"),
    ])
  func refused(_ query: String, _ problem: String) {
    let error = #expect(throws: SearchProblem.self) { try SearchExpression(query) }
    #expect(error?.problem == problem)
  }
}
