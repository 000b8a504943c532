@testable import EventStore
import LedgerDomain
import LedgerEvents
import Testing

@Suite("A payload that is not what its type promises is refused, naming position and problem:")
struct MalformedPayloadTests {
  @Test(
    "a movement's",
    arguments: [
      (#"{"currency":"USD","balanceAfter":"1.00"}"#, "amount is missing"),
      (#"{"amount":1.00,"currency":"USD","balanceAfter":"1.00"}"#, "amount is missing"),
      (#"{"amount":null,"currency":"USD","balanceAfter":"1.00"}"#, "amount is missing"),
      (#"{"amount":["1.00"],"currency":"USD","balanceAfter":"1.00"}"#, "amount is missing"),
      (#"{"amount":"0.00","currency":"USD","balanceAfter":"1.00"}"#, "not more than zero"),
      (#"{"amount":"-1.00","currency":"USD","balanceAfter":"1.00"}"#, "not more than zero"),
      (#"{"amount":"1.0","currency":"USD","balanceAfter":"1.00"}"#, "amount '1.0' is no amount"),
      (#"{"amount":"1","currency":"USD","balanceAfter":"1.00"}"#, "amount '1' is no amount"),
      (#"{"amount":"1.000","currency":"USD","balanceAfter":"1.00"}"#, "no amount in USD"),
      (#"{"amount":"1.00","currency":"JPY","balanceAfter":"1"}"#, "no amount in JPY"),
      (#"{"amount":"1.00","currency":"BHD","balanceAfter":"1.000"}"#, "no amount in BHD"),
      (#"{"amount":"","currency":"USD","balanceAfter":"1.00"}"#, "no amount in USD"),
      (#"{"amount":"1e2","currency":"USD","balanceAfter":"1.00"}"#, "no amount in USD"),
      (#"{"amount":"92233720368547758.08","currency":"USD","balanceAfter":"0.00"}"#, "no amount"),
      (#"{"amount":"1.00","balanceAfter":"1.00"}"#, "currency is missing"),
      (#"{"amount":"1.00","currency":840,"balanceAfter":"1.00"}"#, "currency is missing"),
      (#"{"amount":"1.00","currency":"ZZZ","balanceAfter":"1.00"}"#, "'ZZZ' is unknown"),
      (#"{"amount":"1.00","currency":"usd","balanceAfter":"1.00"}"#, "'usd' is unknown"),
      (#"{"amount":"1.00","currency":"USD"}"#, "balanceAfter is missing"),
      (#"{"amount":"1.00","currency":"USD","balanceAfter":1}"#, "balanceAfter is missing"),
      (#"{"amount":"1.00","currency":"USD","balanceAfter":"1"}"#, "balanceAfter '1' is no amount"),
      (#"{"amount":"1.00","currency":"USD","balanceAfter":"-0.00"}"#, "balanceAfter '-0.00'"),
      (
        #"{"amount":"1.00","currency":"USD","counterparty":"no id","balanceAfter":"1.00"}"#,
        "counterparty"
      ),
      (
        #"{"amount":"1.00","currency":"USD","counterparty":"","balanceAfter":"1.00"}"#,
        "counterparty"
      ),
    ])
  func movement(_ data: String, _ problem: String) throws {
    try expect("MoneyDeposited", data, isRefusedFor: problem)
    try expect("MoneyWithdrawn", data, isRefusedFor: problem)
  }

  @Test(
    "a movement's whose optional members are of another kind, which must not be taken as absent",
    arguments: ["counterparty", "transferId"], ["7", "true", "{}", #"["bob"]"#])
  func optionalMembers(_ name: String, _ value: String) throws {
    let data = #"{"amount":"1.00","currency":"USD","\#(name)":\#(value),"balanceAfter":"1.00"}"#
    try expect("MoneyDeposited", data, isRefusedFor: name)
  }

  @Test(
    "an opening's",
    arguments: [
      (#"{"currency":"USD","overdraftLimit":"0.00"}"#, "accountId is missing"),
      (#"{"accountId":7,"currency":"USD","overdraftLimit":"0.00"}"#, "accountId is missing"),
      (#"{"accountId":"-x","currency":"USD","overdraftLimit":"0.00"}"#, "accountId is malformed"),
      (#"{"accountId":"bob","currency":"USD","overdraftLimit":"0.00"}"#, "not that of its stream"),
      (#"{"accountId":"Alice","currency":"USD","overdraftLimit":"0.00"}"#, "of its stream"),
      (#"{"accountId":"alice","overdraftLimit":"0.00"}"#, "currency is missing"),
      (#"{"accountId":"alice","currency":"XAU","overdraftLimit":"0.00"}"#, "'XAU' is unknown"),
      (#"{"accountId":"alice","currency":"USD"}"#, "overdraftLimit is missing"),
      (#"{"accountId":"alice","currency":"USD","overdraftLimit":0}"#, "overdraftLimit is missing"),
      (#"{"accountId":"alice","currency":"USD","overdraftLimit":"0"}"#, "overdraftLimit '0'"),
    ])
  func opening(_ data: String, _ problem: String) throws {
    try expect("AccountCreated", data, isRefusedFor: problem)
  }

  @Test(
    "a change's",
    arguments: [
      (#"{"overdraftLimit":"1.00"}"#, "currency is missing"),
      (#"{"currency":"USD","overdraftLimit":1}"#, "overdraftLimit is missing"),
      (#"{"currency":"USD","overdraftLimit":"1"}"#, "overdraftLimit '1'"),
      (#"{"currency":"ZZZ","overdraftLimit":"1.00"}"#, "'ZZZ' is unknown"),
    ])
  func change(_ data: String, _ problem: String) throws {
    try expect("AccountChanged", data, isRefusedFor: problem)
  }

  @Test("a limit below zero")
  func negativeLimit() throws {
    try expect(
      "AccountCreated", #"{"accountId":"alice","currency":"USD","overdraftLimit":"-1.00"}"#,
      isRefusedFor: "overdraftLimit")
    try expect(
      "AccountChanged", #"{"currency":"USD","overdraftLimit":"-1.00"}"#,
      isRefusedFor: "overdraftLimit")
  }

  @Test(
    "what is no JSON",
    arguments: ["", "{", "{}x", "{'a':1}", #"{"amount":"1.00","amount":"2.00"}"#, "\u{FEFF}{}"])
  func notJSON(_ data: String) throws {
    for type in AccountEventDecodingTests.types {
      try expect(type, data, isRefusedFor: "not JSON")
    }
  }

  @Test("what is JSON but no object", arguments: ["[]", "null", "7", "true", #""text""#, "[{}]"])
  func notAnObject(_ data: String) throws {
    for type in AccountEventDecodingTests.types { try expect(type, data, isRefusedFor: "") }
  }

  @Test("what is not UTF-8")
  func notUTF8() throws {
    let recorded = RecordedEvent(
      type: "AccountClosed", data: Array(#"{"a":""#.utf8) + [0xFF] + Array(#""}"#.utf8),
      of: try AccountID("alice"))
    let error = #expect(throws: EventDecodingError.self) { try AccountEvent(recorded) }
    #expect(error?.position == 42)
  }

  /// Expects an error at position 42 whose sentence contains `problem`.
  private func expect(
    _ type: String, _ data: String, isRefusedFor problem: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let error = try AccountEventDecodingTests.refusal(type, data, sourceLocation: sourceLocation)
    #expect(error.position == 42, sourceLocation: sourceLocation)
    #expect(
      problem.isEmpty || error.problem.contains(problem), "\(error.problem)",
      sourceLocation: sourceLocation)
  }
}
