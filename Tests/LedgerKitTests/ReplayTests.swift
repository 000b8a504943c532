import EventStore
import LedgerDomain
import Testing

@testable import LedgerKit

@Suite("A command that is repeated under its key")
struct ReplayTests {
  let book: Book
  let account: AccountID

  init() throws {
    book = try Book()
    account = try book.open("a")
  }

  private var command: Command { .deposit(Amount("5.00"), to: account, description: "Tip") }

  /// Performs `command` under the key `k`.
  private func perform(_ command: Command, on ledger: Ledger) throws -> Receipt {
    var options = CommandOptions(actor: "tester")
    options.idempotencyKey = "k"
    return try ledger.perform(command, options)
  }

  /// Expects the first receipt again, and nothing written.
  private func expectReplay(of first: Receipt, on ledger: Ledger) throws {
    let events = try RawFile(book.path).column("SELECT count(*) FROM recorded_events")
    var again = try perform(command, on: ledger)
    #expect(again.isReplay)
    again.isReplay = first.isReplay
    #expect(again == first)
    #expect(try RawFile(book.path).column("SELECT count(*) FROM recorded_events") == events)
  }

  private func snapshotVersions() throws -> [Int64] {
    var versions: [Int64] = []
    try book.reopened().forEachSnapshot(of: account) { versions.append($0.streamPosition) }
    return versions
  }

  @Test("gives the first receipt once snapshots were taken, and takes none itself")
  func afterSnapshots() throws {
    let first = try perform(command, on: book.ledger)
    for _ in 0..<250 { try book.perform(.deposit(Amount("1"), to: account)) }
    let snapshots = try snapshotVersions()
    #expect(snapshots.count >= 2)
    try expectReplay(of: first, on: book.ledger)
    try expectReplay(of: first, on: try book.reopened(.readWrite))
    #expect(first.accounts.map(\.balance.decimal) == ["5.00"])
    #expect(try snapshotVersions() == snapshots)
    #expect(try book.ledger.verify().events == 252)
  }

  @Test("gives the first receipt while the projection is built anew")
  func afterRebuild() throws {
    let first = try perform(command, on: book.ledger)
    for _ in 0..<5 { try book.perform(.deposit(Amount("1"), to: account)) }
    let raw = try RawFile(book.path)
    try raw.run(
      """
      INSERT INTO account_balances
      SELECT 'planted', currency, 1, 0, NULL, 0, NULL, NULL, 0, version, last_position
        FROM account_balances;
      UPDATE projections SET version = 0
      """)
    try expectReplay(of: first, on: try book.reopened(.readWrite))
    #expect(try raw.column("SELECT account_id FROM account_balances") == ["a"])
    #expect(try book.balance(account) == "10.00")
    #expect(try book.ledger.verify().events == 7)
  }

  /// Records what version 1 of the program made of `command`.
  private func storeOldDeposit() throws {
    let now = book.clockMicros + 1
    let old = try EventStore(
      path: book.path, access: .readWrite,
      configuration: .init(applicationID: Ledger.applicationID) { now })
    let data = #"{"amount": 5.00, "currency": "USD", "description": "Tip"}"#
    let event = NewEvent(type: "MoneyDeposited", version: 1, data: Array(data.utf8))
    let content = try CommandContent(
      command, effectiveAt: nil, accountCurrency: try Book.currency("USD"))
    let commit = NewCommit(
      appends: [
        StreamAppend(streamID: "BankAccount-a", expectedVersion: .exactly(0), events: [event])
      ],
      actor: "tester", correlationID: "old",
      idempotency: .init(key: "k", fingerprint: content.fingerprint(personalDigest: nil)))
    _ = try old.write { try $0.append(commit) }
  }

  @Test("is known by events of version 1, and by what they say")
  func oldEvents() throws {
    try storeOldDeposit()
    let ledger = try book.reopened(.readWrite)
    let first = try perform(command, on: ledger)
    #expect(first.isReplay)
    #expect(first.position == 2)
    #expect(first.correlationID == "old")
    #expect(first.accounts.map(\.version) == [1])
    #expect(first.accounts.map(\.balance.text) == ["5.00 USD"])
    for (other, field) in [
      (Command.deposit(Amount("5.01"), to: account, description: "Tip"), "amount"),
      (.deposit(Amount("5"), to: account, description: "tip"), "description"),
      (.withdraw(Amount("5"), from: account, description: "Tip"), "command"),
    ] {
      let conflict = Rejection.idempotencyKeyConflict(key: "k", position: 2, differing: [field])
      #expect(throws: conflict) { try perform(other, on: ledger) }
    }

    // A state of another version of the program is no longer what the balance is read from.
    #expect(try ledger.takeSnapshot(of: account))
    #expect(try snapshotVersions() == [1])
    try RawFile(book.path).run("UPDATE snapshots SET state_version = state_version + 1")
    try expectReplay(of: first, on: try book.reopened(.readWrite))
    #expect(try book.reopened().loaded(account, through: 1).snapshotVersion == nil)
    #expect(try book.reopened().balance(of: account).balance.decimal == "5.00")
  }

  @Test("1,000 times uses no position up")
  func thousandTimes() throws {
    let first = try perform(command, on: book.ledger)
    var receipts: Set<Receipt> = []
    for _ in 0..<1_000 { receipts.insert(try perform(command, on: book.ledger)) }
    for _ in 0..<10 { receipts.insert(try perform(command, on: try book.reopened(.readWrite))) }
    #expect(receipts.count == 1)
    #expect(receipts.first?.isReplay == true)
    #expect(receipts.first?.headHash == first.headHash)
    let raw = try RawFile(book.path)
    let numbers = "SELECT count(*), min(position), max(position) FROM recorded_events"
    #expect(try raw.rows(numbers) == [["2", "1", "2"]])
    #expect(try raw.column("SELECT count(*) FROM commits") == ["2"])
    #expect(try book.perform(.deposit(Amount("1"), to: account)).position == 3)
  }
}
