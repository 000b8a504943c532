import EventStore
import LedgerDomain
import LedgerKit
import Testing

@Suite("Commands")
struct CommandTests {
  @Test("a transfer is one commit with adjacent events and one transfer id, and changes no total")
  func transfer() throws {
    let book = try Book()
    let (payer, payee) = (try book.open("payer"), try book.open("payee"))
    try book.perform(.deposit(Amount("100"), to: payer))
    let receipt = try book.perform(
      .transfer(Amount("30.5"), from: payer, to: payee, description: "Rent"))
    #expect(receipt.events.map(\.position) == [4, 5])
    #expect(Set(receipt.events.map(\.commit.header.number)) == [4])
    #expect(receipt.transferID != nil)
    #expect(receipt.accounts.map(\.balance.decimal) == ["69.50", "30.50"])
    #expect(try book.balance(payer) == "69.50")
    #expect(try book.balance(payee) == "30.50")
    #expect(try book.ledger.verify().events == 5)
  }

  @Test("a refused command writes nothing, not even a position")
  func refusal() throws {
    let book = try Book()
    let account = try book.open("a")
    #expect(throws: Rejection.self) {
      try book.perform(.withdraw(Amount("1"), from: account)) { $0.idempotencyKey = "k" }
    }
    let receipt = try book.perform(.deposit(Amount("1"), to: account)) { $0.idempotencyKey = "k" }
    #expect(receipt.position == 2)
    #expect(!receipt.isReplay)
  }

  @Test("the same key and content give the first receipt again, whatever happened since")
  func replay() throws {
    let book = try Book()
    let account = try book.open("a")
    let command = Command.deposit(Amount("5.00"), to: account, description: "Tip")
    let first = try book.perform(command) {
      ($0.idempotencyKey, $0.expectedVersion) = ("k", .exactly(0))
    }
    for _ in 0..<5 { try book.perform(.deposit(Amount("1"), to: account)) }
    for expected in [ExpectedVersion.exactly(0), .exactly(6), .any, .noStream] {
      var again = try book.perform(.deposit(Amount("5"), to: account, description: "Tip")) {
        ($0.idempotencyKey, $0.expectedVersion, $0.actor) = ("k", expected, "somebody else")
      }
      #expect(again.isReplay)
      again.isReplay = false
      #expect(again == first)
    }
    #expect(try book.reopened().balance(of: account).balance.decimal == "10.00")
  }

  @Test(
    "another command under a used key is refused and says what differs",
    arguments: [
      ("amount", "6.00", "a", "Tip"), ("account", "5.00", "b", "Tip"),
      ("description", "5.00", "a", "tip"), ("amount", "nonsense", "a", "Tip"),
    ])
  func keyConflict(_ field: String, _ amount: String, _ id: String, _ text: String) throws {
    let book = try Book()
    let account = try book.open("a")
    _ = try book.open("b")
    try book.perform(.deposit(Amount("5.00"), to: account, description: "Tip")) {
      $0.idempotencyKey = "k"
    }
    let other = try AccountID(id)
    #expect(
      throws: Rejection.idempotencyKeyConflict(key: "k", position: 3, differing: [field])
    ) {
      try book.perform(.deposit(Amount(amount), to: other, description: text)) {
        $0.idempotencyKey = "k"
      }
    }
  }

  @Test("every command replays under its key")
  func everyCommandReplays() throws {
    let book = try Book()
    let (a, b) = (try AccountID("a"), try AccountID("b"))
    let usd = try Book.currency("USD")
    let commands: [Command] = [
      .open(a, usd, overdraftLimit: Amount("10"), holder: "Ada"),
      .open(b, usd), .change(a, holder: "Ada N."), .change(a, overdraftLimit: Amount("20.00")),
      .deposit(Amount("5"), to: a), .withdraw(Amount("1"), from: a, description: "Cash"),
      .transfer(Amount("4"), from: a, to: b), .transfer(Amount("4"), from: b, to: a),
      .withdraw(Amount("4"), from: a), .close(b),
    ]
    let firsts = try commands.enumerated().map { index, command in
      try book.perform(command) { $0.idempotencyKey = "key-\(index)" }
    }
    for (index, command) in commands.enumerated() {
      var again = try book.perform(command) { $0.idempotencyKey = "key-\(index)" }
      #expect(again.isReplay)
      again.isReplay = false
      #expect(again == firsts[index])
    }
    #expect(try book.ledger.verify().commits == 10)
  }

  @Test("a rehearsal gives the receipt and writes nothing")
  func rehearsal() throws {
    let book = try Book()
    let account = try book.open("a")
    let options = CommandOptions(actor: "tester")
    let command = Command.deposit(Amount("5"), to: account)
    #expect(try book.ledger.rehearse(command, options).position == 2)
    #expect(try book.ledger.rehearse(command, options).position == 2)
    #expect(try book.balance(account) == "0.00")
    #expect(try book.perform(command).accounts[0].version == 1)
  }

  @Test("a command has a correlation id of its own unless it was given one, and keeps the first")
  func correlation() throws {
    let book = try Book()
    let (a, b) = (try book.open("a"), try book.open("b"))
    let deposit = try book.perform(.deposit(Amount("5"), to: a)) { $0.idempotencyKey = "k" }
    let transfer = try book.perform(.transfer(Amount("2"), from: a, to: b))
    let version7 = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
    for receipt in [deposit, transfer] {
      #expect(receipt.correlationID.wholeMatch(of: version7) != nil, "\(receipt.correlationID)")
      let headers = receipt.events.map(\.commit.header)
      #expect(Set(headers.map(\.correlationID)) == [receipt.correlationID])
      #expect(Set(headers.map(\.causationID)) == [nil])
    }
    #expect(deposit.correlationID < transfer.correlationID)

    let given = " \u{c4}b-e\u{301} 💶 "
    let named = try book.perform(.deposit(Amount("1"), to: a)) {
      ($0.correlationID, $0.causationID) = (given, "\(transfer.position)")
    }
    #expect(Array(named.correlationID.utf8) == Array(given.utf8))
    #expect(named.events.map(\.commit.header.causationID) == ["\(transfer.position)"])

    let again = try book.perform(.deposit(Amount("5"), to: a)) {
      ($0.idempotencyKey, $0.correlationID, $0.causationID) = ("k", given, "9")
    }
    #expect(again.isReplay)
    #expect(again.correlationID == deposit.correlationID)
    #expect(again.events == deposit.events)
  }

  @Test("a connection sees what another one wrote")
  func twoConnections() throws {
    let book = try Book()
    let account = try book.open("a")
    let other = try book.reopened(.readWrite)
    let options = CommandOptions(actor: "other")
    for _ in 0..<3 {
      try book.perform(.deposit(Amount("1"), to: account))
      _ = try other.perform(.deposit(Amount("1"), to: account), options)
    }
    #expect(try book.balance(account) == "6.00")
    #expect(throws: Rejection.versionConflict(account, expected: "3", actual: 6)) {
      try book.perform(.deposit(Amount("1"), to: account)) { $0.expectedVersion = .exactly(3) }
    }
    #expect(try book.ledger.verify().events == 7)
  }

  @Test("a clock set back an hour hides nothing, one set back two days is refused")
  func clockSetBack() throws {
    let book = try Book()
    let account = try book.open("a")
    let first = try book.perform(.deposit(Amount("1"), to: account))
    book.clockMicros -= 3_600_000_000
    let second = try book.perform(.deposit(Amount("1"), to: account))
    #expect(second.recordedAt.micros == first.recordedAt.micros + 1)
    #expect(try book.ledger.now() == second.recordedAt)
    let cut = Cut.instants(effective: try book.ledger.now(), known: try book.ledger.now())
    #expect(try book.ledger.balance(of: account, at: cut).balance.decimal == "2.00")
    book.clockMicros -= 48 * 3_600_000_000
    #expect(throws: Rejection.self) { try book.perform(.deposit(Amount("1"), to: account)) }
    #expect(try book.balance(account) == "2.00")
  }
}
