import EventStore
import LedgerDomain
import LedgerEvents
import Testing

@Suite("A payload of version 1 that is not what its type promises stops the reader:")
struct Version1PayloadTests {
  @Test(
    "the sentence names the type, the version and the problem",
    arguments: [
      ("AccountCreated", #"{"currency":"USD"}"#, "its accountId is missing, or is no text"),
      ("AccountCreated", #"{"accountId":"alice"}"#, "its currency is missing, or is no text"),
      (
        "AccountCreated", #"{"accountId":"alice","currency":"ZZZ"}"#,
        "its currency 'ZZZ' is unknown to this version"
      ),
      (
        "AccountCreated", #"{"accountId":"alice","currency":"USD","name":7}"#,
        "its name is no text"
      ),
      ("MoneyDeposited", #"{"currency":"USD"}"#, "its amount is missing, or is no number"),
      ("MoneyDeposited", #"{"amount":1}"#, "its currency is missing, or is no text"),
      (
        "MoneyWithdrawn", #"{"amount":1,"currency":"USD","description":["x"]}"#,
        "its description is no text"
      ),
      ("MoneyWithdrawn", "[]", "its data is no JSON object"),
      ("AccountClosed", "7", "its data is no JSON object"),
      ("AccountClosed", "", "its data is not JSON: "),
    ])
  func malformed(_ type: String, _ data: String, _ problem: String) throws {
    let error = try refusal(type, data)
    #expect(
      error.problem.hasPrefix("version 1 of '\(type)' can't be upcast: \(problem)"),
      "\(error.problem)")
    #expect(error.position == 1)
  }

  @Test("an account's id must still be that of its stream")
  func anothersID() throws {
    let error = try refusal("AccountCreated", #"{"accountId":"bob","currency":"USD"}"#)
    #expect(error.problem == "its accountId is not that of its stream")
  }

  private func refusal(_ type: String, _ data: String) throws -> EventDecodingError {
    let frozen = FrozenEvent(
      name: "", type: type, version: 1, data: data, personal: nil, reads: "")
    return try #require(throws: EventDecodingError.self) {
      try AccountEvent(try frozen.current())
    }
  }
}
