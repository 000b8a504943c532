import LedgerDomain

/// Turns CSV records into statement rows by a mapping.
struct RowParser {
  private let path: String
  private let mapping: CSVMapping
  private let header: [String]
  private let columns: Columns

  /// Where each mapped field stands in a record, counted from 0.
  private struct Columns {
    var account: Int?
    var from: Int?
    var to: Int?
    var amount: Int?
    var type: Int?
    var credit: Int?
    var debit: Int?
    var date: Int?
    var id: Int?
    var description: Int?
    var balance: Int?
  }

  /// Throws if a mapped column is not in the header.
  init(header: CSVRecord, path: String, mapping: CSVMapping) throws(InputError) {
    let names = header.fields.map(\.trimmed)
    func index(_ name: String?) throws(InputError) -> Int? {
      guard let name else { return nil }
      let found = names.indices.filter { names[$0] == name }
      guard let index = found.first else {
        throw InputError(
          path: path, line: header.line,
          problem: "there is no column '\(name)'; the header has \(names.count): "
            + "\(names.joined(separator: ", ")) (is --delimiter right?)")
      }
      guard found.count == 1 else {
        throw InputError(
          path: path, line: header.line, column: found[1] + 1,
          problem: "the header has the column '\(name)' twice")
      }
      return index
    }
    var columns = Columns()
    switch mapping.accounts {
    case .one: break
    case .column(let name): columns.account = try index(name)
    case .transfer(let from, let to): (columns.from, columns.to) = (try index(from), try index(to))
    }
    switch mapping.amounts {
    case .column(let name): columns.amount = try index(name)
    case .typed(let amount, let type, _, _):
      (columns.amount, columns.type) = (try index(amount), try index(type))
    case .split(let credit, let debit):
      (columns.credit, columns.debit) = (try index(credit), try index(debit))
    }
    columns.date = try index(mapping.dateColumn)
    columns.id = try index(mapping.idColumn)
    columns.description = try index(mapping.descriptionColumn)
    columns.balance = try index(mapping.balanceColumn)
    self.path = path
    self.mapping = mapping
    self.header = names
    self.columns = columns
  }

  /// The row that `record` is. Throws if it isn't one.
  func row(_ record: CSVRecord) throws(InputError) -> StatementRow {
    guard record.fields.count == header.count else {
      throw InputError(
        path: path, line: record.line,
        column: min(record.fields.count, header.count) + 1,
        problem: "it has \(record.fields.count) columns, the header has \(header.count)")
    }
    let (direction, amount) = try amount(record)
    let (account, counterparty) = try accounts(record)
    return StatementRow(
      line: record.line, direction: direction, account: account, counterparty: counterparty,
      amount: amount, effectiveMicros: try date(record)?.micros,
      description: text(record, columns.description), id: text(record, columns.id),
      bankBalance: text(record, columns.balance).map(withPoint))
  }

  private func accounts(
    _ record: CSVRecord
  ) throws(InputError) -> (account: String, counterparty: String?) {
    switch mapping.accounts {
    case .one(let id): return (id.text, nil)
    case .column: return (try account(record, columns.account), nil)
    case .transfer:
      return (try account(record, columns.from), try account(record, columns.to))
    }
  }

  private func account(_ record: CSVRecord, _ column: Int?) throws(InputError) -> String {
    let text = text(record, column) ?? ""
    do {
      return try AccountID(text).text
    } catch {
      throw failure(record, column, error.message)
    }
  }

  private func date(_ record: CSVRecord) throws(InputError) -> Instant? {
    guard let column = columns.date else { return nil }
    guard let text = text(record, column) else { throw failure(record, column, "there is no date") }
    if let dateFormat = mapping.dateFormat {
      guard let instant = dateFormat.instant(text) else {
        throw failure(
          record, column, "'\(text)' is no date in the format \(dateFormat.text)")
      }
      return instant
    }
    guard let first = text.utf8.first, (0x30...0x39).contains(first) else {
      throw failure(record, column, "'\(text)' is no date (or name a --date-format)")
    }
    do {
      return try Instant(parsing: text, edge: .start, now: .earliest)
    } catch {
      throw failure(record, column, "'\(text)' \(error.problem) (or name a --date-format)")
    }
  }

  private func amount(
    _ record: CSVRecord
  ) throws(InputError) -> (StatementRow.Direction, String) {
    switch mapping.amounts {
    case .column:
      let (isNegative, amount) = try signed(record, columns.amount)
      if case .transfer = mapping.accounts {
        guard !isNegative else {
          throw failure(record, columns.amount, "the amount of a transfer has no sign")
        }
        return (.transfer, amount)
      }
      return (isNegative ? .debit : .credit, amount)
    case .typed(_, _, let credit, let debit):
      let type = text(record, columns.type) ?? ""
      let (isNegative, amount) = try signed(record, columns.amount)
      guard !isNegative else {
        throw failure(record, columns.amount, "an amount beside a type column has no sign")
      }
      if credit.contains(type) { return (.credit, amount) }
      if debit.contains(type) { return (.debit, amount) }
      throw failure(
        record, columns.type, "'\(type)' is neither a --credit nor a --debit word")
    case .split:
      let credit = try nonZero(record, columns.credit)
      let debit = try nonZero(record, columns.debit)
      switch (credit, debit) {
      case (let amount?, nil): return (.credit, amount)
      case (nil, let amount?): return (.debit, amount)
      case (nil, nil): throw failure(record, columns.credit, "there is neither credit nor debit")
      case (_?, _?): throw failure(record, columns.debit, "there are both credit and debit")
      }
    }
  }

  /// The amount of a column; nil if it is empty or zero.
  private func nonZero(_ record: CSVRecord, _ column: Int?) throws(InputError) -> String? {
    guard text(record, column) != nil else { return nil }
    let (isNegative, amount) = try signed(record, column)
    guard !isNegative else {
      throw failure(record, column, "an amount in a credit or debit column has no sign")
    }
    return amount.contains { $0 != "0" && $0 != "." } ? amount : nil
  }

  private func signed(
    _ record: CSVRecord, _ column: Int?
  ) throws(InputError) -> (isNegative: Bool, amount: String) {
    guard let written = text(record, column) else {
      throw failure(record, column, "there is no amount")
    }
    let isNegative = written.first == "-"
    let digits = isNegative || written.first == "+" ? String(written.dropFirst()) : written
    let amount = withPoint(digits)
    let parts = amount.utf8.split(separator: 0x2E, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }) else {
      throw failure(
        record, column,
        "'\(written)' is no amount; expected digits with the decimal mark "
          + "'\(mapping.decimalMark)' and no grouping")
    }
    return (isNegative, amount)
  }

  /// `text` with a point as decimal mark; unreadable if a point stood for something else.
  private func withPoint(_ text: String) -> String {
    guard mapping.decimalMark != "." else { return text }
    return String(text.map { $0 == mapping.decimalMark ? "." : $0 == "." ? "'" : $0 })
  }

  /// The field without spaces around it; nil if nothing is left.
  private func text(_ record: CSVRecord, _ column: Int?) -> String? {
    guard let column else { return nil }
    let text = record.fields[column].trimmed
    return text.isEmpty ? nil : text
  }

  private func failure(
    _ record: CSVRecord, _ column: Int?, _ problem: String
  ) -> InputError {
    failure(line: record.line, column, problem)
  }

  /// What is wrong with the amount of `row`, at its column.
  func amountFailure(_ row: StatementRow, _ problem: String) -> InputError {
    let column = columns.amount ?? (row.direction == .credit ? columns.credit : columns.debit)
    return failure(line: row.line, column, problem)
  }

  private func failure(line: Int, _ column: Int?, _ problem: String) -> InputError {
    InputError(
      path: path, line: line, column: column.map { $0 + 1 }, columnName: column.map { header[$0] },
      problem: problem)
  }
}

extension String {
  /// Without spaces and tabs at either end.
  fileprivate var trimmed: String {
    guard let first = utf8.first, let last = utf8.last else { return self }
    guard [0x20, 0x09].contains(first) || [0x20, 0x09].contains(last) else { return self }
    let start = drop { $0 == " " || $0 == "\t" }
    let end = start.lastIndex { $0 != " " && $0 != "\t" }
    return end.map { String(start[...$0]) } ?? ""
  }
}
