import EventStore
import Foundation
import JSONText
import LedgerDomain
import TestSupport
import Testing

@testable import LedgerImport
@testable import LedgerKit

/// A ledger in a folder of its own, which is exported or loaded into.
final class Exchange {
  static let nowMicros: Int64 = 1_780_315_200_000_000
  let ledger: Ledger
  private let folder: TemporaryFolder

  /// An empty ledger; its id differs from that of another `seed`.
  init(seed: UInt64) throws {
    folder = try TemporaryFolder()
    var random = SeededRandom(seed: seed)
    let environment = Ledger.Environment(
      clockMicros: { Self.nowMicros },
      randomBytes: { count in (0..<count).map { _ in .random(in: .min ... .max, using: &random) } })
    let path = folder.path("book.ledger")
    try Ledger.create(at: path, environment: environment)
    ledger = try Ledger(path: path, options: .init(access: .readWrite), environment: environment)
  }

  /// A ledger with every kind of commit, and with text that is hard to write.
  static func full(seed: UInt64 = 7) throws -> Exchange {
    let source = try Exchange(seed: seed)
    try source.bookOldAccount()
    let (a, b) = (try AccountID("acct-42"), try AccountID("acct-99"))
    try source.perform(
      .open(a, .usd, overdraftLimit: Amount("10"), holder: "Zoë 🙂 \u{1F469}\u{200D}\u{1F680}")
    ) { ($0.reason, $0.idempotencyKey) = ("Walk-in\u{2028}at noon", "open-a") }
    try source.perform(.open(b, .usd))
    try source.perform(
      .deposit(Amount("100"), to: a, description: "tab\t \"quoted\" \\ \u{0} \u{1B}[31m \u{202E}")
    ) {
      $0.effectiveAt = Instant(micros: nowMicros - 5_000_000)
      ($0.correlationID, $0.causationID, $0.idempotencyKey) = ("tx-1", "job 9", "pay-\u{7F}1")
    }
    try source.perform(.transfer(Amount("30.5"), from: a, to: b, description: "e\u{301} Miete")) {
      ($0.reason, $0.idempotencyKey) = ("Lease 7", "rent-4")
    }
    try source.perform(.withdraw(Amount("7"), from: a, description: "")) {
      $0.effectiveAt = Instant(micros: nowMicros - 9_000_000)
      ($0.allowsPastOverdraft, $0.reason) = (true, "")
    }
    try source.perform(.change(a, overdraftLimit: Amount("20"), holder: "Zoë N."))
    try source.perform(.change(b, holder: "Bob"))
    try source.perform(.withdraw(Amount("30.50"), from: b))
    try source.perform(.close(b))
    return source
  }

  /// An account as version 1 of the events stored it.
  private func bookOldAccount() throws {
    let payloads = [
      ("AccountCreated", #"{"accountId": "old", "currency": "USD", "name": "Ada"}"#),
      ("MoneyDeposited", #"{"amount": 100.00, "currency": "USD", "description": "Ca\u0066é"}"#),
    ]
    for (type, data) in payloads {
      let event = NewEvent(type: type, version: 1, data: Array(data.utf8))
      let append = StreamAppend(
        streamID: "BankAccount-old", expectedVersion: .any, events: [event])
      _ = try ledger.store.write {
        try $0.append(NewCommit(appends: [append], actor: "téller", correlationID: "c"))
      }
    }
  }

  @discardableResult
  func perform(
    _ command: Command, _ change: (inout CommandOptions) -> Void = { _ in }
  ) throws -> Receipt {
    var options = CommandOptions(actor: "clerk ü")
    change(&options)
    return try ledger.perform(command, options)
  }

  /// Closes two periods and reopens the second: three commits.
  func closePeriods() throws {
    for action in [
      PeriodRequest.Action.close(try #require(Period("2026-04")), reason: "signed 🖊"),
      .close(try #require(Period("2026-05-31"))), .reopen(nil, reason: "late\u{2028}"),
    ] {
      _ = try ledger.perform(PeriodRequest(action, actor: "clerk ü"))
    }
  }

  /// Erases all that can be erased of the accounts of `full`: two commits.
  func eraseAccounts() throws {
    for account in ["acct-42", "acct-99"] {
      _ = try ledger.erase(
        ErasureRequest(.account(try AccountID(account)), actor: "officer", reason: "asked"))
    }
  }

  /// All bytes of the file and of what stands beside it.
  func bytes() throws -> Data {
    try folder.names().reduce(into: Data()) { all, name in
      all += try Data(contentsOf: folder.url.appendingPathComponent(name))
    }
  }

  /// The lines of an export.
  func lines() throws -> [String] {
    var lines: [String] = []
    try ledger.forEachStoredCommit { events in
      lines.append(try CommitLine.text(of: events, in: ledger.id))
    }
    return lines
  }

  /// Loads a file of these lines.
  @discardableResult
  func load(_ lines: [String]) throws -> LogHead {
    let file = try TemporaryFile(lines.map { $0 + "\n" }.joined())
    return try EventsImport(path: file.path).run(on: ledger).head
  }

  var head: LogHead {
    get throws { try ledger.store.read { try $0.head() } }
  }
}

extension CommitLine {
  /// The line as it stands in a file.
  static func text(of events: [RecordedEvent], in ledgerID: String) throws -> String {
    let record = try record(of: events, in: ledgerID)
    return String(decoding: JSONValue.object(record).compact, as: UTF8.self)
  }
}
