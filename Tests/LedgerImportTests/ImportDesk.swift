import EventStore
import Foundation
import LedgerDomain
import LedgerKit
import Testing
import TestSupport

@testable import LedgerImport

/// A ledger in a folder of its own at noon of 1 June 2026, and statements imported into it.
final class ImportDesk {
  static let nowMicros: Int64 = 1_780_315_200_000_000
  let ledger: Ledger
  let path: String
  private let environment: Ledger.Environment
  private let folder: URL

  /// Opens `accounts` in USD, with `limit` as overdraft limit.
  init(
    accounts: [String] = ["checking"], limit: String? = nil, busyTimeoutMilliseconds: Int = 5_000
  ) throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("import-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appendingPathComponent("book.ledger").path
    var random = SeededRandom(seed: 7)
    environment = Ledger.Environment(
      clockMicros: { Self.nowMicros },
      randomBytes: { count in (0..<count).map { _ in .random(in: .min ... .max, using: &random) } })
    try Ledger.create(at: path, environment: environment)
    var options = Ledger.Options(access: .readWrite)
    options.busyTimeoutMilliseconds = busyTimeoutMilliseconds
    ledger = try Ledger(path: path, options: options, environment: environment)
    for account in accounts {
      try perform(
        .open(try AccountID(account), .usd, overdraftLimit: limit.map { Amount($0) }))
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Another connection to the same file.
  func reader() throws -> Ledger {
    try Ledger(path: path, options: .init(access: .readOnly), environment: environment)
  }

  /// What became of a statement.
  struct Outcome {
    var result = ImportResult()
    var problems: [InputError] = []
    var receipts: [(line: Int, receipt: Receipt)] = []
  }

  func perform(_ command: Command) throws {
    _ = try ledger.perform(command, CommandOptions(actor: "clerk"))
  }

  func deposit(_ amount: String, to account: String) throws {
    try perform(.deposit(Amount(amount), to: try AccountID(account)))
  }

  /// Imports `statement` under the correlation id `import`.
  @discardableResult
  func run(
    _ statement: String, _ mapping: CSVMapping, _ mode: CSVImport.Mode = .allOrNothing
  ) throws -> Outcome {
    let file = try TemporaryFile(statement)
    var options = CommandOptions(actor: "clerk")
    options.correlationID = "import"
    var outcome = Outcome()
    var job = CSVImport(path: file.path, mapping: mapping, options: options, mode: mode)
    job.onProblem = { outcome.problems.append($0) }
    job.onReceipt = { outcome.receipts.append(($0, $1)) }
    outcome.result = try job.run(on: ledger)
    return outcome
  }

  /// Why `statement` is not imported. Fails the test if it is.
  func refusal(
    _ statement: String, _ mapping: CSVMapping, _ mode: CSVImport.Mode = .allOrNothing
  ) throws -> InputError {
    try #require(throws: InputError.self) { _ = try run(statement, mapping, mode) }
  }
}

// What the ledger knows.
extension ImportDesk {
  /// Decimal balances by account.
  func balances() throws -> [String: String] {
    var balances: [String: String] = [:]
    try ledger.forEachAccount { balances[$0.accountID.text] = $0.balance.decimal }
    return balances
  }

  /// The movements of `account` in effective order: `2026-03-01 -3.50 Coffee`.
  func movements(of account: String = "checking") throws -> [String] {
    var movements: [String] = []
    try ledger.forEachMovement(of: try AccountID(account)) { entry in
      let parts = [
        "\(CalendarDay(of: entry.effectiveAt))", entry.amount.decimal, entry.description,
      ]
      movements.append(parts.compactMap(\.self).joined(separator: " "))
    }
    return movements
  }

  /// All events in the order of the log.
  func events() throws -> [RecordedEvent] {
    var events: [RecordedEvent] = []
    try ledger.forEachEvent(EventQuery()) { events.append($0) }
    return events
  }
}

extension Currency {
  static var usd: Currency {
    guard let usd = Currency(code: "USD") else { preconditionFailure("USD is a currency") }
    return usd
  }
}

extension CSVMapping {
  /// `Date,Text,Amount`, of one account.
  static func plain(account: String = "checking") throws -> CSVMapping {
    var mapping = CSVMapping(
      source: "bank", accounts: .one(try AccountID(account)), amounts: .column("Amount"))
    mapping.dateColumn = "Date"
    mapping.descriptionColumn = "Text"
    return mapping
  }

  /// `Date,Text,Amount,Ref`, of one account.
  static func withIDs() throws -> CSVMapping {
    var mapping = try plain()
    mapping.idColumn = "Ref"
    return mapping
  }

  /// `Account,Date,Amount`.
  static var manyAccounts: CSVMapping {
    var mapping = CSVMapping(
      source: "bank", accounts: .column("Account"), amounts: .column("Amount"))
    mapping.dateColumn = "Date"
    return mapping
  }

  /// `From,To,Date,Amount`.
  static var transfers: CSVMapping {
    var mapping = CSVMapping(
      source: "bank", accounts: .transfer(from: "From", to: "To"), amounts: .column("Amount"))
    mapping.dateColumn = "Date"
    return mapping
  }

  /// The same, with unknown accounts opened in USD.
  func opening(limit: String? = nil) -> CSVMapping {
    var mapping = self
    mapping.opening = .init(currency: .usd, overdraftLimit: limit.map { Amount($0) })
    return mapping
  }
}
