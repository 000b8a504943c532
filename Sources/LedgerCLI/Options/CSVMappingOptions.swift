import ArgumentParser
import LedgerDomain
import LedgerImport

/// The options that say how a statement's columns become movements.
struct CSVMappingOptions: ParsableArguments {
  @Option(help: "A name for the bank: rows are keyed by it and their id, so nothing books twice.")
  var source: String?

  @Option(help: "The account that the whole file is about.")
  var account: String?

  @Option(help: "The column with each row's account.")
  var accountColumn: String?

  @Option(help: "The column with the account that pays, for movements inside the book.")
  var fromColumn: String?

  @Option(help: "The column with the account that is paid.")
  var toColumn: String?

  @Option(help: "The column with the date.")
  var dateColumn: String?

  @Option(help: "How dates are written, such as %d.%m.%Y (default: 2026-03-01, or RFC 3339).")
  var dateFormat: String?

  @Option(help: "The column with the amount: signed, unless --type-column says the direction.")
  var amountColumn: String?

  @Option(help: "The column that says whether money came in or went out.")
  var typeColumn: String?

  @Option(help: "Words in the type column for money that came in, separated by commas.")
  var credit: String?

  @Option(help: "Words in the type column for money that went out, separated by commas.")
  var debit: String?

  @Option(help: "The column with money that came in.")
  var creditColumn: String?

  @Option(help: "The column with money that went out.")
  var debitColumn: String?

  @Option(help: "The column with the bank's own id of a row.")
  var idColumn: String?

  @Option(help: "The column with the description.")
  var descriptionColumn: String?

  @Option(help: "The column with the bank's balance after the row; differences are reported.")
  var balanceColumn: String?

  @Option(help: "What separates columns: one character, or 'tab' (default: a comma).")
  var delimiter: String?

  @Option(help: "What separates decimals, such as a comma (default: a point).")
  var decimalMark: String?

  @Option(help: "The file's encoding, such as ISO-8859-2 (default: UTF-8, or its byte order mark).")
  var encoding: String?

  @Option(help: "How many lines to pass over before the header.")
  var skipLines: Int = 0

  @Option(help: "The currency of the amounts and of accounts that are opened.")
  var currency: String?

  @Flag(help: "Open unknown accounts at the instant of their first row.")
  var openAccounts = false

  @Option(
    parsing: .unconditional, help: "The overdraft limit of accounts that are opened.")
  var overdraftLimit: String?

  /// The names that a rules file may use.
  static let options: Set<String> = [
    "source", "account", "account-column", "from-column", "to-column", "date-column", "date-format",
    "amount-column", "type-column", "credit", "debit", "credit-column", "debit-column", "id-column",
    "description-column", "balance-column", "delimiter", "decimal-mark", "encoding", "skip-lines",
    "currency", "overdraft-limit",
  ]
  static let flags: Set<String> = ["open-accounts"]

  /// The mapping that the options describe. Throws `UsageError` if they describe none.
  func mapping() throws -> CSVMapping {
    guard let source, !source.isEmpty else {
      throw UsageError(message: "name the bank with --source, such as --source mybank")
    }
    var mapping = CSVMapping(source: source, accounts: try accounts(), amounts: try amounts())
    mapping.dateColumn = dateColumn
    mapping.dateFormat = try readDateFormat()
    mapping.idColumn = idColumn
    mapping.descriptionColumn = descriptionColumn
    mapping.balanceColumn = balanceColumn
    mapping.delimiter = try delimiterByte()
    mapping.decimalMark = try decimalMarkCharacter()
    mapping.encoding = encoding
    guard skipLines >= 0 else {
      throw UsageError(message: "--skip-lines takes a number, 0 or more")
    }
    mapping.skippedLines = skipLines
    mapping.currency = try namedCurrency()
    mapping.opening = try opening()
    return mapping
  }

  private func accounts() throws -> CSVMapping.Accounts {
    switch (account, accountColumn, fromColumn, toColumn) {
    case (let id?, nil, nil, nil): return .one(try AccountID(id))
    case (nil, let column?, nil, nil): return .column(column)
    case (nil, nil, let from?, let to?): return .transfer(from: from, to: to)
    default:
      throw UsageError(
        message: "say whose rows these are: --account, or --account-column, "
          + "or --from-column and --to-column")
    }
  }

  private func amounts() throws -> CSVMapping.Amounts {
    switch (amountColumn, typeColumn, creditColumn, debitColumn) {
    case (let amount?, nil, nil, nil):
      guard credit == nil, debit == nil else {
        throw UsageError(message: "--credit and --debit are words of a --type-column; name it")
      }
      return .column(amount)
    case (let amount?, let type?, nil, nil):
      guard fromColumn == nil else {
        throw UsageError(message: "a transfer has no --type-column: it goes from one to the other")
      }
      let (credits, debits) = (words(credit), words(debit))
      guard !credits.isEmpty, !debits.isEmpty, credits.isDisjoint(with: debits) else {
        throw UsageError(
          message: "a --type-column needs its words: --credit and --debit, with none in both")
      }
      return .typed(amount: amount, type: type, credit: credits, debit: debits)
    case (nil, nil, let credit?, let debit?):
      guard fromColumn == nil else {
        throw UsageError(message: "a transfer has one --amount-column")
      }
      return .split(credit: credit, debit: debit)
    default:
      throw UsageError(
        message: "say where amounts stand: --amount-column, perhaps with --type-column, "
          + "or --credit-column and --debit-column")
    }
  }

  private func words(_ list: String?) -> Set<String> {
    Set((list ?? "").split(separator: ",").map(String.init))
  }

  private func readDateFormat() throws -> DateFormat? {
    guard let dateFormat else { return nil }
    guard let format = DateFormat(dateFormat) else {
      throw UsageError(
        message: "'\(dateFormat)' is no date format; it needs a year, a month and a day, in the "
          + "letters of strptime, such as %d.%m.%Y")
    }
    return format
  }

  private func delimiterByte() throws -> UInt8 {
    switch delimiter {
    case nil: return UInt8(ascii: ",")
    case "tab", "\\t": return UInt8(ascii: "\t")
    case let text?:
      let forbidden = [UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0]
      guard text.utf8.count == 1, let byte = text.utf8.first, !forbidden.contains(byte) else {
        throw UsageError(message: "--delimiter takes one ASCII character, or 'tab'")
      }
      return byte
    }
  }

  private func decimalMarkCharacter() throws -> Character {
    guard let decimalMark else { return "." }
    guard let mark = decimalMark.first, decimalMark.count == 1, mark == "." || mark == "," else {
      throw UsageError(message: "--decimal-mark takes a point or a comma")
    }
    return mark
  }

  private func namedCurrency() throws -> Currency? {
    guard let currency else { return nil }
    guard let known = Currency(code: currency) else {
      throw Rejection.unknownCurrency(code: currency)
    }
    return known
  }

  private func opening() throws -> CSVMapping.Opening? {
    guard openAccounts else {
      guard overdraftLimit == nil else {
        throw UsageError(message: "--overdraft-limit is for accounts that --open-accounts opens")
      }
      return nil
    }
    guard let code = currency ?? ProcessEnvironment["LEDGER_CURRENCY"] else {
      throw UsageError(message: "--open-accounts needs a --currency, such as --currency USD")
    }
    guard let known = Currency(code: code) else { throw Rejection.unknownCurrency(code: code) }
    return .init(currency: known, overdraftLimit: overdraftLimit.map { Amount($0) })
  }
}
