import LedgerDomain
import LedgerEvents
import Testing

@Suite("An account's stream")
struct AccountStreamTests {
  @Test("is named after the account", arguments: ["alice", "acct-42", "BankAccount-x", "@", "A"])
  func named(_ text: String) throws {
    let id = try AccountID(text)
    #expect(AccountStream.id(of: id) == "BankAccount-\(text)")
    #expect(AccountStream.account(of: "BankAccount-\(text)") == id)
  }

  @Test(
    "is no other",
    arguments: [
      "", "Book", "BankAccount", "BankAccount-", "BankAccount--x", "bankaccount-x",
      "BankAccount-no id", " BankAccount-x", "BankAccount-é", "BankAccount-\u{301}x",
    ])
  func others(_ streamID: String) {
    #expect(AccountStream.account(of: streamID) == nil)
  }
}
