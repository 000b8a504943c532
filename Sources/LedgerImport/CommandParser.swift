import EventStore
import LedgerDomain
import LedgerKit

/// A command as one line asks for it.
struct CommandRequest {
  let line: Int
  let command: Command
  let options: CommandOptions
}

/// Turns lines of JSON into commands.
struct CommandParser {
  let path: String
  /// What goes with a command that doesn't say otherwise.
  let defaults: CommandOptions
  /// The code of the currency of accounts that are opened without one; nil if there is none.
  let defaultCurrency: String?
  /// What `today` and `yesterday` are counted from.
  let now: () throws -> Instant

  /// The command that `line` asks for.
  ///
  /// Throws `InputError`: with a rejection if the line is well formed and names something that
  /// can't be, such as an account `a b`.
  func request(_ line: InputLine) throws -> CommandRequest {
    let fields = try CommandFields(line, path: path)
    let options = try options(fields)
    do {
      return CommandRequest(line: line.number, command: try command(fields), options: options)
    } catch let rejection as Rejection {
      throw InputError(
        path: path, line: line.number, problem: rejection.message, rejection: rejection)
    }
  }

  private func command(_ fields: CommandFields) throws -> Command {
    let description = fields[.description].flatMap { $0.isEmpty ? nil : $0 }
    switch fields.name {
    case .open: return try opening(fields)
    case .change: return try change(fields)
    case .deposit:
      return .deposit(
        try amount(fields), to: try account(fields, .account), description: description)
    case .withdraw:
      return .withdraw(
        try amount(fields), from: try account(fields, .account), description: description)
    case .transfer:
      return .transfer(
        try amount(fields), from: try account(fields, .from), to: try account(fields, .to),
        description: description)
    case .close: return .close(try account(fields, .account))
    case .reverse:
      guard let position = fields.position(.position) else {
        throw fields.failure(.position, "it is missing")
      }
      return .reverse(
        Reversal(
          of: position, keepsEffectiveTime: isAtOriginalTime(fields), description: description))
    }
  }

  /// Whether a reversal is to count when what it reverses does.
  private func isAtOriginalTime(_ fields: CommandFields) -> Bool {
    fields.name == .reverse && fields[.effectiveAt] == "original"
  }

  private func opening(_ fields: CommandFields) throws -> Command {
    guard let code = fields[.currency] ?? defaultCurrency else {
      throw fields.failure(.currency, "a new account needs one, such as \"USD\"")
    }
    let id = try account(fields, .account)
    guard let currency = Currency(code: code) else { throw Rejection.unknownCurrency(code: code) }
    return .open(
      id, currency, overdraftLimit: fields[.overdraftLimit].map { Amount($0) },
      holder: fields[.holder].flatMap { $0.isEmpty ? nil : $0 })
  }

  private func change(_ fields: CommandFields) throws -> Command {
    guard fields[.holder] != nil || fields[.overdraftLimit] != nil else {
      throw fields.failure(.command, "say what to change: holder or overdraftLimit")
    }
    guard fields[.holder] != "" else {
      throw fields.failure(.holder, "use a text that is not empty, or leave it out")
    }
    return .change(
      try account(fields, .account), overdraftLimit: fields[.overdraftLimit].map { Amount($0) },
      holder: fields[.holder])
  }

  private func account(_ fields: CommandFields, _ field: CommandField) throws -> AccountID {
    try AccountID(try fields.text(field))
  }

  private func amount(_ fields: CommandFields) throws -> Amount {
    Amount(try fields.text(.amount), currencyCode: fields[.currency])
  }

  private func options(_ fields: CommandFields) throws -> CommandOptions {
    var options = defaults
    options.actor = fields[.actor] ?? defaults.actor
    options.reason = fields[.reason] ?? defaults.reason
    options.correlationID = fields[.correlationID] ?? defaults.correlationID
    options.causationID = fields[.causationID] ?? defaults.causationID
    options.idempotencyKey = fields[.idempotencyKey]
    options.expectedVersion = try version(fields, .expectedVersion)
    options.expectedVersionTo = try version(fields, .expectedVersionTo)
    options.effectiveAt = try effectiveAt(fields)
    options.allowsPastOverdraft = fields.allowsPastOverdraft
    options.corrects = fields.position(.corrects)
    guard !options.allowsPastOverdraft || options.reason != nil else {
      throw fields.failure(.allowPastOverdraft, "it needs a reason")
    }
    return options
  }

  private func version(
    _ fields: CommandFields, _ field: CommandField
  ) throws(InputError) -> ExpectedVersion {
    guard let text = fields[field] else { return .any }
    guard let version = ExpectedVersion(text) else {
      throw fields.failure(
        field, "'\(text)' is no version; use a number, no-stream, stream-exists or any")
    }
    return version
  }

  /// Nil if the line says nothing, or `now`: a retry with the same key is the same command.
  private func effectiveAt(_ fields: CommandFields) throws -> Instant? {
    guard let text = fields[.effectiveAt], text != "now", !isAtOriginalTime(fields) else {
      return nil
    }
    let isRelative = text == "today" || text == "yesterday"
    do {
      return try Instant(parsing: text, edge: .start, now: isRelative ? try now() : .earliest)
    } catch let error as InstantParseError {
      throw fields.failure(.effectiveAt, "'\(text)' \(error.problem)")
    }
  }
}
