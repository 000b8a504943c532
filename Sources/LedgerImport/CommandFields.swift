import JSONText

/// The members that a line of commands may have.
enum CommandField: String, CaseIterable {
  case command
  case account, from, to, amount, currency, holder, overdraftLimit, description, position
  case actor, reason
  case correlationID = "correlationId"
  case causationID = "causationId"
  case idempotencyKey, expectedVersion, expectedVersionTo, effectiveAt, allowPastOverdraft, corrects

  /// Those that go with every command.
  static let common: [CommandField] = [
    .command, .actor, .reason, .correlationID, .causationID, .idempotencyKey, .expectedVersion,
    .effectiveAt, .allowPastOverdraft, .corrects,
  ]

  /// Whether an empty text says nothing where something must be said.
  fileprivate var isNeverEmpty: Bool {
    switch self {
    case .actor, .reason, .correlationID, .causationID, .idempotencyKey: true
    default: false
    }
  }
}

/// The commands that a line may ask for.
enum CommandName: String, CaseIterable {
  case open, change, deposit, withdraw, transfer, close, reverse

  /// The members that it must have.
  var required: [CommandField] {
    switch self {
    case .open, .change, .close: [.account]
    case .deposit, .withdraw: [.account, .amount]
    case .transfer: [.from, .to, .amount]
    case .reverse: [.position]
    }
  }

  /// The members that it may have besides those of every command.
  var optional: [CommandField] {
    switch self {
    case .open: [.currency, .holder, .overdraftLimit]
    case .change: [.holder, .overdraftLimit]
    case .deposit, .withdraw: [.currency, .description]
    case .transfer: [.currency, .description, .expectedVersionTo]
    case .close: []
    case .reverse: [.description]
    }
  }

  func takes(_ field: CommandField) -> Bool {
    CommandField.common.contains(field) || required.contains(field) || optional.contains(field)
  }
}

/// One line of commands as it was written: every member known, of the right type, and none missing.
struct CommandFields {
  let path: String
  let line: Int
  let name: CommandName
  /// Texts, and versions that were written as numbers.
  private var texts: [CommandField: String] = [:]
  /// Global positions, from 1 on.
  private var positions: [CommandField: Int64] = [:]
  private(set) var allowsPastOverdraft = false

  /// Throws `InputError` if the line is anything else.
  init(_ line: InputLine, path: String) throws(InputError) {
    self.path = path
    self.line = line.number
    func failure(_ problem: String, field: CommandField? = nil) -> InputError {
      InputError(path: path, line: line.number, field: field?.rawValue, problem: problem)
    }
    guard let bytes = line.bytes else {
      throw failure("it is longer than \(LineSource.longestLineBytes) bytes")
    }
    guard bytes.contains(where: { !Self.isSpace($0) }) else {
      throw failure("it is empty; every line is one command")
    }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw failure("it is no JSON: \(error.problem), at byte \(error.offset + 1)")
    }
    guard case .object(let members) = value else {
      throw failure("it is no JSON object; a command looks like {\"command\":\"deposit\", …}")
    }
    guard let command = value[CommandField.command.rawValue], command != .null else {
      throw failure("it is missing; use \(Self.commandNames)", field: .command)
    }
    guard let name = command.string.flatMap(CommandName.init) else {
      throw failure("it names no command; use \(Self.commandNames)", field: .command)
    }
    self.name = name
    for member in members { try add(member) }
    for field in name.required where texts[field] == nil && positions[field] == nil {
      throw self.failure(field, "it is missing")
    }
  }

  /// The text of a member; nil if it is absent.
  subscript(_ field: CommandField) -> String? { texts[field] }

  /// The text of a member that must be there.
  func text(_ field: CommandField) throws(InputError) -> String {
    guard let text = texts[field] else { throw failure(field, "it is missing") }
    return text
  }

  /// The position that a member names; nil if it is absent.
  func position(_ field: CommandField) -> Int64? { positions[field] }

  /// What is wrong with the member `field`.
  func failure(_ field: CommandField, _ problem: String) -> InputError {
    failure(field.rawValue, problem)
  }

  private func failure(_ field: String, _ problem: String) -> InputError {
    InputError(path: path, line: line, field: field, problem: problem)
  }

  private mutating func add(_ member: JSONMember) throws(InputError) {
    // Signs beyond ASCII may be equal to letters, and are not the same.
    guard member.name.utf8.allSatisfy({ $0 < 0x80 }),
      let field = CommandField(rawValue: member.name)
    else {
      throw failure(member.name, "there is no such field")
    }
    guard name.takes(field) else {
      throw failure(field, "it doesn't go with the command '\(name)'")
    }
    guard member.value != .null else { return }
    switch field {
    case .allowPastOverdraft:
      guard case .bool(let flag) = member.value else { throw failure(field, "use true or false") }
      allowsPastOverdraft = flag
    case .expectedVersion, .expectedVersionTo:
      guard case .number(let digits) = member.value else { return try addText(member, to: field) }
      texts[field] = digits
    case .position, .corrects:
      guard let position = member.value.int64, position > 0 else {
        throw failure(field, "use a position, a whole number such as 17")
      }
      positions[field] = position
    default: try addText(member, to: field)
    }
  }

  private mutating func addText(
    _ member: JSONMember, to field: CommandField
  ) throws(InputError) {
    switch (field, member.value) {
    case (_, .string(let text)):
      guard !text.utf8.contains(0) else { throw failure(field, "it has a NUL character") }
      guard !text.isEmpty || !field.isNeverEmpty else {
        throw failure(field, "use a text that is not empty, or leave it out")
      }
      texts[field] = text
    case (.amount, .number(let digits)), (.overdraftLimit, .number(let digits)):
      throw failure(
        field, "put the amount in quotes, \"\(digits)\": a JSON number may lose digits")
    default: throw failure(field, "use a text in quotes")
    }
  }

  private static let commandNames: String = {
    let names = CommandName.allCases.map(\.rawValue)
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }()

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0D
  }
}
