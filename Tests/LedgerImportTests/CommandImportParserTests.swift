import EventStore
import LedgerDomain
import LedgerKit
import Testing

@testable import LedgerImport

@Suite("CommandParser")
struct CommandImportParserTests {
  private static func parser(defaultCurrency: String? = nil) -> CommandParser {
    var defaults = CommandOptions(actor: "clerk")
    defaults.correlationID = "import"
    return CommandParser(
      path: "f", defaults: defaults, defaultCurrency: defaultCurrency,
      now: { Instant(micros: ImportDesk.nowMicros) })
  }

  private static func request(
    _ line: String, defaultCurrency: String? = nil
  ) throws -> CommandRequest {
    try parser(defaultCurrency: defaultCurrency).request(
      InputLine(number: 7, bytes: Array(line.utf8)))
  }

  private static func refusal(_ line: String) throws -> InputError {
    try #require(throws: InputError.self) { _ = try request(line) }
  }

  // MARK: What is understood

  @Test("every command becomes what the command line makes of it")
  func readsCommands() throws {
    let (a, b) = (try AccountID("a"), try AccountID("b"))
    let expected: [(String, Command)] = [
      (#""open","account":"a","currency":"USD""#, .open(a, .usd)),
      (
        #""open","account":"a","currency":"USD","holder":"Ann","overdraftLimit":"5""#,
        .open(a, .usd, overdraftLimit: Amount("5"), holder: "Ann")
      ),
      (#""open","account":"a","currency":"USD","holder":"""#, .open(a, .usd)),
      (#""change","account":"a","holder":"Ann""#, .change(a, holder: "Ann")),
      (
        #""change","account":"a","overdraftLimit":"0","holder":null"#,
        .change(a, overdraftLimit: Amount("0"))
      ),
      (#""deposit","account":"a","amount":"5.00""#, .deposit(Amount("5.00"), to: a)),
      (
        #""withdraw","account":"a","amount":"5","currency":"USD","description":"x""#,
        .withdraw(Amount("5", currencyCode: "USD"), from: a, description: "x")
      ),
      (
        #""transfer","from":"a","to":"b","amount":"5","description":"""#,
        .transfer(Amount("5"), from: a, to: b)
      ),
      (#""close","account":"a""#, .close(a)),
      (#""reverse","position":12"#, .reverse(Reversal(of: 12))),
      (
        #""reverse","position":12,"effectiveAt":"original","description":"Wrong""#,
        .reverse(Reversal(of: 12, keepsEffectiveTime: true, description: "Wrong"))
      ),
    ]
    for (members, command) in expected {
      #expect(try Self.request(#"{"command":\#(members)}"#).command == command)
    }
  }

  @Test("a line's own fields win over what goes with the import")
  func readsOptions() throws {
    var expected = CommandOptions(actor: "ann")
    expected.reason = "why"
    expected.correlationID = "c"
    expected.causationID = "d"
    expected.idempotencyKey = "k"
    expected.expectedVersion = .exactly(3)
    expected.expectedVersionTo = .streamExists
    expected.effectiveAt = try Instant(parsing: "2026-03-01", edge: .start, now: .earliest)
    expected.allowsPastOverdraft = true
    expected.corrects = 17
    let request = try Self.request(
      """
      {"command":"transfer","from":"a","to":"b","amount":"5","actor":"ann","reason":"why",
       "correlationId":"c","causationId":"d","idempotencyKey":"k","expectedVersion":3,
       "expectedVersionTo":"stream-exists","effectiveAt":"2026-03","allowPastOverdraft":true,
       "corrects":17}
      """)
    #expect(request.options == expected)
    #expect(request.line == 7)
  }

  @Test("what a line leaves out, or gives as null, is what goes with the import")
  func takesDefaults() throws {
    let nothing = try Self.request(#"{"command":"close","account":"a"}"#).options
    #expect(nothing == Self.parser().defaults)
    let members = CommandField.common.filter { $0 != .command }
      .map { #","\#($0.rawValue)":null"# }.joined()
    let nulls = try Self.request(#"{"command":"close","account":"a"\#(members)}"#).options
    #expect(nulls == nothing)
  }

  @Test(
    "versions are numbers or words, in quotes or not",
    arguments: [
      ("0", ExpectedVersion.exactly(0)), (#""12""#, .exactly(12)), (#""no-stream""#, .noStream),
      (#""any""#, .any),
    ])
  func readsVersions(_ written: String, _ expected: ExpectedVersion) throws {
    let line = #"{"command":"close","account":"a","expectedVersion":\#(written)}"#
    #expect(try Self.request(line).options.expectedVersion == expected)
  }

  @Test(
    "instants are those of the command line, a day means its start, and now means leaving it out",
    arguments: [
      ("now", nil), ("today", "2026-06-01T00:00:00.000000Z"),
      ("yesterday", "2026-05-31T00:00:00.000000Z"), ("2026-03-05", "2026-03-05T00:00:00.000000Z"),
      ("2026-03-05T12:00:00+02:00", "2026-03-05T10:00:00.000000Z"),
    ])
  func readsInstants(_ written: String, _ expected: String?) throws {
    let line = #"{"command":"close","account":"a","effectiveAt":"\#(written)"}"#
    #expect(try Self.request(line).options.effectiveAt?.description == expected)
  }

  @Test("accounts are opened in the line's currency, else in the one that is given for all")
  func takesDefaultCurrency() throws {
    let id = try AccountID("a")
    let euro = try #require(Currency(code: "EUR"))
    let bare = try Self.request(#"{"command":"open","account":"a"}"#, defaultCurrency: "EUR")
    #expect(bare.command == .open(id, euro))
    let own = try Self.request(
      #"{"command":"open","account":"a","currency":"USD"}"#, defaultCurrency: "EUR")
    #expect(own.command == .open(id, .usd))
  }

  // MARK: What is malformed

  @Test(
    "a line that is no object with known, fitting members is malformed, and the field is named",
    arguments: MalformedLine.all)
  func refuses(_ malformed: MalformedLine) throws {
    let error = try Self.refusal(malformed.line)
    #expect(error.line == 7)
    #expect(error.field == malformed.field, "\(malformed.line)")
    #expect(error.problem.contains(malformed.words), "\(malformed.line): \(error.problem)")
    #expect(error.rejection == nil)
  }

  @Test("bytes that are not UTF-8, and a line that is too long, are malformed")
  func refusesBytes() throws {
    let line = Array(#"{"command":"close","account":""#.utf8) + [0xE9] + Array(#""}"#.utf8)
    for bytes in [line, [0xFF, 0xFE], [0], nil] {
      let error = try #require(throws: InputError.self) {
        _ = try Self.parser().request(InputLine(number: 7, bytes: bytes))
      }
      #expect(error.line == 7)
      #expect(error.rejection == nil)
    }
  }

  // MARK: What is refused

  @Test(
    "a well-formed line with a name that can't be is refused by the rule",
    arguments: [
      (#"{"command":"close","account":"a b"}"#, "invalid_account_id"),
      (#"{"command":"close","account":""}"#, "invalid_account_id"),
      (#"{"command":"transfer","from":"a","to":"-b","amount":"x"}"#, "invalid_account_id"),
      (#"{"command":"open","account":"a","currency":"usd"}"#, "unknown_currency"),
      (#"{"command":"open","account":"a","currency":""}"#, "unknown_currency"),
    ])
  func refusesNames(_ line: String, _ code: String) throws {
    #expect(try Self.refusal(line).rejection?.code == code)
  }
}

/// A line that is no command, and what is said about it.
struct MalformedLine: Sendable {
  let line: String
  let field: String?
  let words: String

  private init(_ line: String, _ field: String?, _ words: String) {
    (self.line, self.field, self.words) = (line, field, words)
  }

  /// A line with these members.
  private static func of(_ members: String, _ field: String?, _ words: String) -> MalformedLine {
    MalformedLine("{\(members)}", field, words)
  }

  static let all: [MalformedLine] = shapes + missing + types + values + strangers

  private static let shapes: [MalformedLine] = [
    .init("", nil, "it is empty"), .init(" \t", nil, "it is empty"),
    .init("{", nil, "it is no JSON"), .init("{} x", nil, "at byte 4"),
    .init("{'command':1}", nil, "it is no JSON"), .init("{\"a\":01}", nil, "it is no JSON"),
    .init("[]", nil, "no JSON object"), .init("\"x\"", nil, "no JSON object"),
    .init("null", nil, "no JSON object"), .init("5", nil, "no JSON object"),
    .init("\u{FEFF}{}", nil, "it is no JSON"),
    .of(#""command":"close","account":"a","account":"a""#, nil, "\"account\" stands twice"),
  ]

  private static let missing: [MalformedLine] = [
    .of(
      "", "command",
      "it is missing; use open, change, deposit, withdraw, transfer, close or reverse"),
    .of(#""command":null"#, "command", "it is missing"),
    .of(#""command":"open","currency":"USD""#, "account", "it is missing"),
    .of(#""command":"open","account":"a""#, "currency", "such as \"USD\""),
    .of(#""command":"change","holder":"x""#, "account", "it is missing"),
    .of(#""command":"change","account":"a""#, "command", "holder or overdraftLimit"),
    .of(#""command":"deposit","amount":"5""#, "account", "it is missing"),
    .of(#""command":"deposit","account":"a""#, "amount", "it is missing"),
    .of(#""command":"withdraw","account":"a","amount":null"#, "amount", "it is missing"),
    .of(#""command":"transfer","to":"a","amount":"5""#, "from", "it is missing"),
    .of(#""command":"transfer","from":"a","amount":"5""#, "to", "it is missing"),
    .of(#""command":"transfer","from":"a","to":"b""#, "amount", "it is missing"),
    .of(#""command":"close""#, "account", "it is missing"),
    .of(#""command":"reverse""#, "position", "it is missing"),
    .of(#""command":"reverse","position":null"#, "position", "it is missing"),
  ]

  private static let types: [MalformedLine] = [
    .of(#""command":5"#, "command", "it names no command"),
    .of(#""command":"Deposit""#, "command", "it names no command"),
    .of(#""command":"verify""#, "command", "it names no command"),
    .of(#""command":"deposit","account":"a","amount":5"#, "amount", "put the amount in quotes"),
    .of(#""command":"deposit","account":"a","amount":5.10"#, "amount", "\"5.10\""),
    .of(#""command":"deposit","account":"a","amount":["5"]"#, "amount", "a text in quotes"),
    .of(#""command":"change","account":"a","overdraftLimit":5"#, "overdraftLimit", "quotes"),
    .of(#""command":"close","account":5"#, "account", "a text in quotes"),
    .of(#""command":"close","account":"a","reason":true"#, "reason", "a text in quotes"),
    .of(#""command":"close","account":"a","effectiveAt":5"#, "effectiveAt", "a text in quotes"),
    .of(
      #""command":"close","account":"a","allowPastOverdraft":"true""#, "allowPastOverdraft",
      "true or false"),
    .of(#""command":"close","account":"a","expectedVersion":{}"#, "expectedVersion", "a text"),
    .of(#""command":"reverse","position":"12""#, "position", "a whole number such as 17"),
    .of(#""command":"reverse","position":1.5"#, "position", "a whole number such as 17"),
    .of(#""command":"close","account":"a","corrects":"x""#, "corrects", "a whole number"),
  ]

  private static let values: [MalformedLine] = [
    .of(#""command":"close","account":"a","actor":"""#, "actor", "not empty"),
    .of(#""command":"close","account":"a","reason":"""#, "reason", "not empty"),
    .of(#""command":"close","account":"a","correlationId":"""#, "correlationId", "not empty"),
    .of(#""command":"close","account":"a","causationId":"""#, "causationId", "not empty"),
    .of(#""command":"close","account":"a","idempotencyKey":"""#, "idempotencyKey", "not empty"),
    .of(#""command":"change","account":"a","holder":"""#, "holder", "not empty"),
    .of(#""command":"open","account":"a","holder":"x\u0000y""#, "holder", "NUL"),
    .of(#""command":"close","account":"a","expectedVersion":-1"#, "expectedVersion", "'-1'"),
    .of(#""command":"close","account":"a","expectedVersion":1.0"#, "expectedVersion", "'1.0'"),
    .of(#""command":"close","account":"a","expectedVersion":"x""#, "expectedVersion", "'x'"),
    .of(
      #""command":"transfer","from":"a","to":"b","amount":"5","expectedVersionTo":"01""#,
      "expectedVersionTo", "'01'"),
    .of(#""command":"close","account":"a","effectiveAt":"""#, "effectiveAt", "is no instant"),
    .of(#""command":"close","account":"a","effectiveAt":"original""#, "effectiveAt", "no instant"),
    .of(#""command":"reverse","position":0"#, "position", "a whole number such as 17"),
    .of(#""command":"close","account":"a","corrects":-1"#, "corrects", "a whole number"),
    .of(
      #""command":"close","account":"a","effectiveAt":"2026-02-30""#, "effectiveAt", "is no day"),
    .of(
      #""command":"close","account":"a","effectiveAt":"2026-02-03T10:00:00""#, "effectiveAt",
      "has no offset"),
    .of(
      #""command":"close","account":"a","allowPastOverdraft":true"#, "allowPastOverdraft",
      "needs a reason"),
  ]

  private static let strangers: [MalformedLine] = [
    .of(#""command":"close","account":"a","colour":null"#, "colour", "no such field"),
    .of(#""command":"close","account":"a","correlationID":"x""#, "correlationID", "no such field"),
    // The sign for kelvin, which to Swift is the letter K.
    .of(
      "\"command\":\"close\",\"account\":\"a\",\"idempotency\u{212A}ey\":\"x\"",
      "idempotency\u{212A}ey", "no such field"),
    .of(#""command":"close","account":"a","dryRun":true"#, "dryRun", "no such field"),
    .of(#""command":"close","account":"a","amount":"5""#, "amount", "the command 'close'"),
    .of(#""command":"close","account":"a","holder":null"#, "holder", "the command 'close'"),
    .of(#""command":"open","account":"a","description":"x""#, "description", "'open'"),
    .of(#""command":"change","account":"a","currency":"USD""#, "currency", "'change'"),
    .of(#""command":"deposit","account":"a","amount":"5","to":"b""#, "to", "'deposit'"),
    .of(#""command":"withdraw","account":"a","amount":"5","holder":"x""#, "holder", "'withdraw'"),
    .of(#""command":"transfer","account":"a""#, "account", "'transfer'"),
    .of(#""command":"reverse","position":3,"amount":"5""#, "amount", "'reverse'"),
    .of(#""command":"deposit","account":"a","amount":"5","position":3"#, "position", "'deposit'"),
    .of(
      #""command":"deposit","account":"a","amount":"5","expectedVersionTo":1"#,
      "expectedVersionTo", "'deposit'"),
  ]
}
