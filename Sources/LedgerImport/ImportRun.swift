import EventStore
import LedgerDomain
import LedgerKit
import SQLite

/// One import under way: rows in the order of booking, a transaction at a time.
final class ImportRun {
  private static let rowsPerTransaction = 8_192
  private static let rowsBetweenProgress: Int64 = 1_000

  private let plan: CSVImport
  private let ledger: Ledger
  private let parser: RowParser
  private var reader: CSVReader
  private let ordinals: SpillingCounter
  private var bankBalances: BankBalances
  private var result = ImportResult()

  init(_ plan: CSVImport, ledger: Ledger, reader: CSVReader, parser: RowParser) throws {
    (self.plan, self.ledger, self.reader, self.parser) = (plan, ledger, reader, parser)
    ordinals = try SpillingCounter()
    bankBalances = BankBalances(path: plan.path)
  }

  func finished() throws -> ImportResult {
    if plan.mapping.isSorted {
      let sorter = try sortedRows()
      try bookAll { try sorter.next().map { StatementRow(spilled: $0) } }
    } else {
      try bookAll(nextRow)
    }
    return result
  }

  // MARK: Reading

  /// All rows, ordered by date, then credits before debits, then line.
  private func sortedRows() throws -> SpillingSorter {
    let sorter = try SpillingSorter()
    while let row = try nextRow() {
      try sorter.add(
        key: row.effectiveMicros ?? 0, row.direction.rawValue, Int64(row.line), row.spilled)
    }
    return sorter
  }

  /// The next row of the file that is one; nil at the end.
  private func nextRow() throws -> StatementRow? {
    while let record = try nextRecord() {
      result.rows += 1
      if result.rows % Self.rowsBetweenProgress == 0 { plan.onProgress(result.rows) }
      do {
        var row = try parser.row(record)
        if row.id == nil { row.ordinal = try ordinals.count(row.contentDigest.bytes) }
        return row
      } catch let error as InputError where plan.mode != .allOrNothing {
        result.malformed += 1
        plan.onProblem(error)
      }
    }
    return nil
  }

  private func nextRecord() throws -> CSVRecord? {
    do {
      return try reader.next()
    } catch {
      guard plan.mode == .each else { throw error }
      // What follows can't be told apart any more: this is the last row, and it is malformed.
      result.rows += 1
      result.malformed += 1
      plan.onProblem(error)
      return nil
    }
  }

  // MARK: Booking

  private func bookAll(_ next: () throws -> StatementRow?) throws {
    var isAtEnd = false
    while !isAtEnd {
      isAtEnd = try transaction { booking in
        for _ in 0..<(plan.mode == .each ? Self.rowsPerTransaction : .max) {
          guard let row = try next() else {
            try compare(upTo: nil, booking)
            return true
          }
          try compare(upTo: row, booking)
          try bookOrRefuse(row, booking)
        }
        return false
      }
    }
  }

  private func transaction(_ body: (Booking) throws -> Bool) throws -> Bool {
    switch plan.mode {
    case .allOrNothing, .each: try ledger.booking(body)
    case .dryRun: try ledger.rehearsal(body)
    }
  }

  private func bookOrRefuse(_ row: StatementRow, _ booking: Booking) throws {
    do {
      let receipt = try book(row, booking)
      result.position = max(result.position, receipt.position)
      if receipt.isReplay {
        result.replayed += 1
      } else {
        result.booked += 1
        bankBalances.add(row)
      }
      try plan.onReceipt(row.line, receipt)
    } catch Rejection.invalidAmount(_, let currency, let problem) {
      // Only the account's currency tells whether an amount is one: the row is malformed all the same.
      let sentence = Rejection.invalidAmount(text: row.amount, currency: currency, problem: problem)
      let error = parser.amountFailure(row, sentence.message)
      guard plan.mode != .allOrNothing else { throw error }
      result.malformed += 1
      plan.onProblem(error)
    } catch let rejection as Rejection {
      let error = InputError(
        path: plan.path, line: row.line, problem: rejection.message, rejection: rejection)
      guard plan.mode != .allOrNothing else { throw error }
      result.refused += 1
      plan.onProblem(error)
    }
  }

  private func book(_ row: StatementRow, _ booking: Booking) throws -> Receipt {
    var options = plan.options
    options.idempotencyKey = row.idempotencyKey(source: plan.mapping.source)
    options.effectiveAt = row.effectiveAt
    let command = try command(row)
    let openings = try openings(for: row, booking)
    let receipt = try booking.perform(openings: openings, then: command, options)
    result.accountsOpened += Int64(openings.count)
    return receipt
  }

  private func command(_ row: StatementRow) throws -> Command {
    let amount = Amount(row.amount, currencyCode: plan.mapping.currency?.code)
    let account = try AccountID(row.account)
    switch row.direction {
    case .credit: return .deposit(amount, to: account, description: row.description)
    case .debit: return .withdraw(amount, from: account, description: row.description)
    case .transfer:
      let payee = try AccountID(row.counterparty ?? "")
      return .transfer(amount, from: account, to: payee, description: row.description)
    }
  }

  /// The commands that open the row's accounts, as far as they are unknown and wanted.
  private func openings(for row: StatementRow, _ booking: Booking) throws -> [Command] {
    guard let opening = plan.mapping.opening else { return [] }
    var ids = try [row.account, row.counterparty].compactMap(\.self).map { try AccountID($0) }
    if ids.count == 2, ids[0] == ids[1] { ids.removeLast() }
    return try ids.filter { try !booking.isKnown($0) }.map { id in
      .open(id, opening.currency, overdraftLimit: opening.overdraftLimit)
    }
  }

  // MARK: The bank's own balances

  /// Compares what is complete once `row` comes, or once no row comes any more.
  private func compare(upTo row: StatementRow?, _ booking: Booking) throws {
    for difference in try bankBalances.differences(before: row, booking) {
      result.balanceDifferences += 1
      plan.onProblem(difference)
    }
  }
}
