import LedgerCLI
import LedgerDomain
import LedgerKit

/// What people type.
extension FuzzTarget {
  static let words = [search, arguments]

  private static let search = FuzzTarget(
    "search",
    tokens: [
      "AND", "OR", "NOT", "(", ")", "\"", "*", "description:", "reason:", "NEAR(", "^", "-x",
      "{description} : ", "\u{0301}", "ﷺ", "'; DROP TABLE commits; --",
    ]
  ) {
    let book = try FuzzBook()
    return { check, bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      let expression: SearchExpression
      do {
        expression = try SearchExpression(text)
      } catch {
        return try check.require(answered: error)
      }
      // The index must take whatever comes through.
      var query = SearchQuery(expression)
      query.limit = 3
      do {
        try book.ledger.search(query) { hit in
          _ = try book.ledger.highlight(
            description: hit.description, reason: hit.reason, expression, open: "[", close: "]")
        }
      } catch {
        throw FuzzFinding(description: "the index refuses \(expression): \(error)")
      }
    }
  }

  /// One word a line. Nothing is run.
  private static let arguments = FuzzTarget(
    "arguments",
    tokens: [
      "deposit", "transfer", "balance-at", "history", "import\ncsv", "--db", "--format=json", "-O",
      "--", "--limit", "-5", "--help", "--expected-version", "subscriptions\nrun", "\n", "=",
    ]
  ) { check, text in
    let words = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    // A file of rules is a target of its own.
    guard !words.contains(where: { $0.hasPrefix("--rules") }) else { return }
    if let answer = LedgerProgram.mistake(in: words) { try check.require(shows: answer) }
  }
}
