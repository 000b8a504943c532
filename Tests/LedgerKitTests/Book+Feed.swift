import EventStore
import LedgerDomain
import LedgerKit

extension Book {
  /// A ledger in which everything happened that outsiders are told of, and something of which they
  /// are not. Positions 1 to 22; `fixtures/feed` has the export of one.
  static func withEverything() throws -> Book {
    let book = try Book()
    let (a, b) = (try AccountID("acct-42"), try AccountID("acct-99"))
    try book.perform(
      .open(a, currency("USD"), overdraftLimit: Amount("50"), holder: "Alice Johnson"))
    try book.perform(.open(b, currency("USD"), overdraftLimit: Amount("1"), holder: "Bob"))
    try book.perform(.change(a, overdraftLimit: Amount("100.5")))
    try book.perform(.change(b, holder: "Bob \"the\" Käse"))
    try book.perform(.deposit(Amount("3200"), to: a, description: "Payroll"), at: end("2026-11")) {
      $0.causationID = "run-7"
    }
    try book.perform(.withdraw(Amount("20"), from: a, description: nil))
    try book.perform(.transfer(Amount("500"), from: a, to: b, description: "Rent"))
    try book.perform(.transfer(Amount("0.01"), from: b, to: a))
    try book.perform(.reverse(Reversal(of: 7, description: "not owed")))
    try book.perform(.deposit(Amount("499.99"), to: b)) { $0.corrects = 8 }
    try book.perform(.withdraw(Amount("1"), from: a, description: "to be erased"))
    try book.close("2026-11")
    try book.reopen()
    _ = try book.ledger.perform(
      AlertRequest(.add(dormantRule(), fromStart: false), actor: "warden"))
    let yen = try book.open("yen", "JPY")
    try book.perform(.deposit(Amount("5"), to: yen))
    try book.perform(.withdraw(Amount("5"), from: yen))
    try book.perform(.close(yen))
    // The payee's own text of the first transfer, a holder, and that of a withdrawal.
    _ = try book.ledger.erase(
      ErasureRequest(.positions([2, 8, 14]), actor: "warden", reason: "asked to"))
    return book
  }

  private static func dormantRule() -> AlertRule {
    guard let rule = AlertRule(name: "dormant", condition: .dormant(afterMicros: 1)) else {
      preconditionFailure("a rule of one microsecond is one")
    }
    return rule
  }

  /// Two transfers at once, their legs one inside the other, the payee's first, and a leg without
  /// another: more than a command does. From position 23 on in such a book.
  func storeTransfersInOneCommit() throws {
    func leg(_ type: String, _ account: String, _ other: String, _ id: String) -> StreamAppend {
      let data =
        #"{"amount":"2.00","currency":"USD","counterparty":"\#(other)","transferId":"\#(id)","#
        + #""balanceAfter":"1.00"}"#
      return StreamAppend(
        streamID: "BankAccount-\(account)", expectedVersion: .any,
        events: [NewEvent(type: type, version: 2, data: Array(data.utf8))])
    }
    let legs = [
      leg("MoneyDeposited", "acct-99", "acct-42", "t-1"),
      leg("MoneyWithdrawn", "acct-99", "acct-42", "t-2"),
      leg("MoneyDeposited", "acct-99", "elsewhere", "t-3"),
      leg("MoneyDeposited", "acct-42", "acct-99", "t-2"),
      leg("MoneyWithdrawn", "acct-42", "acct-99", "t-1"),
    ]
    try append(NewCommit(appends: legs, actor: "loader", correlationID: "load-1"))
  }

  /// What outsiders are told of what `query` asks for.
  func told(_ query: EventQuery = EventQuery()) throws -> [IntegrationEvent] {
    var told: [IntegrationEvent] = []
    try ledger.forEachIntegrationEvent(query) { told.append($0) }
    return told
  }

  /// The same as `TransferCompleted 9`: type and position.
  func lines(_ query: EventQuery = EventQuery()) throws -> [String] {
    try told(query).map { "\($0.kind.rawValue) \($0.position)" }
  }
}
