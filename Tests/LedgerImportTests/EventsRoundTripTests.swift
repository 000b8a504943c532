import EventStore
import LedgerDomain
import LedgerKit
import Testing

@testable import LedgerImport

@Suite("A ledger that was exported and loaded")
struct EventsRoundTripTests {
  @Test("has the same id, the same head hash, and is exported as the same bytes")
  func sameBytes() throws {
    let (source, copy) = (try Exchange.full(), try Exchange(seed: 8))
    #expect(source.ledger.id != copy.ledger.id)
    let lines = try source.lines()
    #expect(lines.count == 11)
    let head = try copy.load(lines)
    #expect(try head == source.head)
    #expect(copy.ledger.id == source.ledger.id)
    #expect(try copy.lines() == lines)
    #expect(try copy.ledger.verify() == source.ledger.verify())
    let third = try Exchange(seed: 9)
    try third.load(try copy.lines())
    #expect(try third.lines() == lines)
  }

  @Test("is exported the same twice, one line a commit, with nothing that steers a terminal")
  func deterministic() throws {
    let source = try Exchange.full()
    let lines = try source.lines()
    #expect(try source.lines() == lines)
    for (index, line) in lines.enumerated() {
      #expect(line.hasPrefix(#"{"format":"ledger-commit/1","ledgerId":"\#(source.ledger.id)","#))
      #expect(line.contains(#""number":\#(index + 1),"#))
      #expect(!line.contains("\n") && !line.contains("\u{2028}") && !line.contains("\u{1B}"))
    }
  }

  @Test("answers as the first one does, and goes on as it would")
  func sameAnswers() throws {
    let (source, copy) = (try Exchange.full(), try Exchange(seed: 8))
    try copy.load(try source.lines())
    func state(_ exchange: Exchange) throws -> ([AccountSummary], [HistoryEntry]) {
      var accounts: [AccountSummary] = []
      var history: [HistoryEntry] = []
      try exchange.ledger.forEachAccount { accounts.append($0) }
      for account in accounts {
        try exchange.ledger.forEachMovement(of: account.accountID) { history.append($0) }
      }
      return (accounts, history)
    }
    let (first, second) = (try state(source), try state(copy))
    #expect(first == second)
    #expect(first.0.map(\.accountID.text) == ["acct-42", "acct-99", "old"])
    #expect(first.0.map(\.holder) == ["Zoë N.", "Bob", "Ada"])
    #expect(first.1.count == 6)
    let account = try AccountID("acct-42")
    let receipt = try copy.perform(.deposit(Amount("1"), to: account))
    #expect(receipt.position == 13)
    #expect(receipt.accounts.map(\.balance.decimal) == ["63.50"])
    #expect(try copy.ledger.verify().commits == 12)
  }

  @Test("has the same closed periods, and refuses what counts in them")
  func periods() throws {
    let (source, copy) = (try Exchange.full(), try Exchange(seed: 8))
    try source.closePeriods()
    let lines = try source.lines()
    #expect(lines.count == 14)
    #expect(try copy.load(lines) == source.head)
    #expect(try copy.lines() == lines)
    func closes(_ exchange: Exchange) throws -> [PeriodClose] {
      var closes: [PeriodClose] = []
      try exchange.ledger.forEachPeriodClose { closes.append($0) }
      return closes
    }
    #expect(try closes(copy) == closes(source))
    #expect(try closes(copy).map { $0.reopening == nil } == [true, false])
    #expect(try copy.ledger.verify() == source.ledger.verify())
    try copy.ledger.verifyPeriodCloses { #expect($1.isEmpty) }
    let deposit = Command.deposit(Amount("1"), to: try AccountID("acct-42"))
    let end = try #require(Period("2026-04")).end
    let rejection = #expect(throws: Rejection.self) {
      try copy.perform(deposit) { $0.effectiveAt = end }
    }
    #expect(rejection?.code == "period_closed")
    try copy.perform(deposit) { $0.effectiveAt = Instant(micros: end.micros + 1) }
  }

  @Test("keeps version-1 events as they were")
  func version1() throws {
    let (source, copy) = (try Exchange.full(), try Exchange(seed: 8))
    try copy.load(try source.lines())
    var query = EventQuery(streamID: "BankAccount-old")
    query.isRaw = true
    var stored: [RecordedEvent] = []
    try copy.ledger.forEachEvent(query) { stored.append($0) }
    #expect(stored.map(\.version) == [1, 1])
    #expect(
      stored.map { String(decoding: $0.data, as: UTF8.self) } == [
        #"{"accountId": "old", "currency": "USD", "name": "Ada"}"#,
        #"{"amount": 100.00, "currency": "USD", "description": "Ca\u0066é"}"#,
      ])
    #expect(try copy.ledger.balance(of: AccountID("old")).balance.text == "100.00 USD")
  }

  @Test("knows the idempotency keys: a repeated command books nothing and gives the first receipt")
  func keys() throws {
    let (source, copy) = (try Exchange.full(), try Exchange(seed: 8))
    try copy.load(try source.lines())
    let command = Command.transfer(
      Amount("30.50"), from: try AccountID("acct-42"), to: try AccountID("acct-99"),
      description: "e\u{301} Miete")
    let receipts = try [source, copy].map { exchange in
      try exchange.perform(command) { $0.idempotencyKey = "rent-4" }
    }
    #expect(receipts[1].isReplay)
    #expect(receipts[0] == receipts[1])
    #expect(throws: Rejection.self) {
      try copy.perform(.deposit(Amount("1"), to: AccountID("acct-42"))) {
        $0.idempotencyKey = "rent-4"
      }
    }
    #expect(try copy.head == source.head)
  }

  @Test("loads although text was erased: the digest is left, and the hashes hold")
  func erased() throws {
    let (source, copy) = (try Exchange.full(), try Exchange(seed: 8))
    try source.eraseAccounts()
    let lines = try source.lines()
    #expect(lines.joined().contains(#""personal":{"digest":""#))
    #expect(lines.joined().contains(#""reason":{"digest":""#))
    #expect(!lines.joined().contains("Miete") && !lines.joined().contains("Lease"))
    #expect(try copy.load(lines) == source.head)
    #expect(try copy.lines() == lines)
    var texts: [String?] = []
    try copy.ledger.forEachAccount { texts.append($0.holder) }
    try copy.ledger.forEachMovement(of: AccountID("acct-42")) { texts.append($0.description) }
    #expect(texts == [nil, nil, "Ada", nil, nil, nil])
    let replay = try copy.perform(.deposit(Amount("100"), to: AccountID("acct-42"))) {
      ($0.idempotencyKey, $0.effectiveAt) = (
        "pay-\u{7F}1", Instant(micros: Exchange.nowMicros - 5_000_000)
      )
    }
    #expect(replay.isReplay)
  }
}
