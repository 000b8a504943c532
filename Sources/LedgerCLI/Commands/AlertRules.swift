import ArgumentParser
import EventStore
import JSONText
import LedgerDomain
import LedgerEvents
import LedgerKit

extension LedgerCommand.Alerts {
  /// What alerts are raised by.
  struct Rules: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rules",
      abstract: "List, add and remove the rules that raise alerts.",
      subcommands: [List.self, Add.self, Remove.self], defaultSubcommand: List.self)
  }
}

extension LedgerCommand.Alerts.Rules {
  /// Lists rules.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List the rules in force; with --all those that were removed too.",
      discussion: """
        Example:
          ledger alerts rules list
        """)

    @Flag(help: "Those that were removed too.")
    var all = false

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let target = try output.open(for: ledger)
      let book = try ledger.openForReading()
      try output.printList(
        to: target, columns: KnownAlertRule.columns, table: KnownAlertRule.table,
        ifEmpty: "There are no rules."
      ) { add in
        try book.forEachAlertRule { known in
          guard all || known.removedPosition == nil else { return }
          try add(known.record) { known.row }
        }
      }
    }
  }

  /// Adds a rule.
  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add",
      abstract: "Add a rule, which looks at every movement there was and will be.",
      discussion: """
        large-amount      --amount, --currency: one movement of at least so much
        many-withdrawals  --count, --within: so many withdrawals; one alert a window
        in-and-out        --amount, --currency, --within: at least so much came in and went out
        new-counterparty  [--amount, --currency]: the first payment to an account
        dormant           --within: a movement so long after the one before

        Paid transfers are withdrawals here. Windows are lengths of effective time.

        Example:
          ledger alerts rules add large --kind large-amount --amount 10000 --currency USD
          ledger alerts rules add busy --kind many-withdrawals --count 5 --within 24h
          ledger alerts rules add awake --kind dormant --within 180d --account acct-42
        """)

    @Argument(help: "The rule's name: letters, digits and -_.")
    var name: Word

    @Option(
      help: ArgumentHelp("What it looks for.", valueName: AlertRule.kinds.joined(separator: "|")))
    var kind: String

    @Option(help: "The amount.")
    var amount: String?

    @Option(help: "The amount's currency (default: $LEDGER_CURRENCY).")
    var currency: String?

    @Option(help: ArgumentHelp("How many.", valueName: "n"))
    var count: Int64?

    @Option(help: ArgumentHelp("The window: 30s, 15m, 12h, 7d.", valueName: "time"))
    var within: DurationArgument?

    @Option(help: "Only movements of this account.")
    var account: String?

    @Flag(help: "Look only at what is recorded from now on.")
    var fromNow = false

    @Option(help: "Why, for the audit trail.")
    var reason: String?

    @OptionGroup var recording: RecordingOptions
    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      try WriteOptions.refuseEmpty([("--reason", reason)])
      guard AlertRule.kinds.contains(kind) else {
        throw ValidationError(
          "'\(kind)' is no kind of rule; choose from: \(AlertRule.kinds.joined(separator: ", "))")
      }
    }

    func run() throws {
      let rule = try rule()
      try recording.perform(
        .add(rule, fromStart: !fromNow), reason: reason, on: ledger, output
      ) { "Added the rule \(rule.name): \(rule.text)." }
    }

    private func rule() throws -> AlertRule {
      let condition = AlertRule.Condition(
        kind: kind, amount: try money(), count: count, windowMicros: within?.micros)
      guard let condition else { throw UsageError(message: parametersSentence) }
      let account = try account.map { try AccountID($0) }
      guard let rule = AlertRule(name: name.text, condition: condition, account: account) else {
        throw UsageError(
          message: "a rule's name has 1 to 64 letters, digits and -_. in it, its count is at least "
            + "1, and its window at most 3660 days")
      }
      return rule
    }

    private func money() throws -> Money? {
      guard let amount else {
        guard currency == nil else {
          throw UsageError(message: "--currency belongs to --amount, which is missing")
        }
        return nil
      }
      guard let code = currency ?? ProcessEnvironment["LEDGER_CURRENCY"] else {
        throw UsageError(message: "--amount needs its --currency, such as USD")
      }
      guard let currency = Currency(code: code) else {
        throw Rejection.unknownCurrency(code: code)
      }
      return try Amount(amount).money(in: currency)
    }

    private var parametersSentence: String {
      let needed =
        switch kind {
        case "large-amount": "--amount and --currency, and nothing else"
        case "many-withdrawals": "--count and --within, and nothing else"
        case "in-and-out": "--amount, --currency and --within, and nothing else"
        case "new-counterparty": "nothing else, or --amount and --currency"
        default: "--within, and nothing else"
        }
      return "a rule of the kind \(kind) takes \(needed)"
    }
  }

  /// Removes a rule.
  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "remove",
      abstract: "Remove a rule; the alerts it raised stay.",
      discussion: """
        Example:
          ledger alerts rules remove large --reason "Too many"
        """)

    @Argument(help: "The rule's name.")
    var name: Word

    @Option(help: "Why, for the audit trail.")
    var reason: String?

    @OptionGroup var recording: RecordingOptions
    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try WriteOptions.refuseEmpty([("--reason", reason)]) }

    func run() throws {
      try recording.perform(.remove(name: name.text), reason: reason, on: ledger, output) {
        "Removed the rule \(name.text)."
      }
    }
  }
}

extension KnownAlertRule {
  fileprivate static let columns = [
    "name", "kind", "accountId", "amount", "currency", "count", "within", "fromStart", "position",
    "removedPosition",
  ]

  fileprivate static let table: [TextTable.Column] = [
    .init(title: "NAME"), .init(title: "LOOKS FOR"), .init(title: "POSITION", isNumber: true),
    .init(title: "STATUS"),
  ]

  fileprivate var record: Record {
    let condition = rule.condition
    let values: [JSONValue] = [
      .string(rule.name), .string(condition.kind), .text(rule.account?.text),
      .text(condition.amount?.decimal), .text(condition.amount?.currency.code),
      .number(condition.count),
      .text(condition.windowMicros.map { DurationArgument.text(micros: $0) }), .bool(isFromStart),
      .integer(addedPosition), .number(removedPosition),
    ]
    return zip(Self.columns, values).map { JSONMember($0, $1) }
  }

  fileprivate var row: [String] {
    let status = removedPosition.map { "removed at position \($0)" } ?? "in force"
    return [
      rule.name, rule.text, "\(addedPosition)", isFromStart ? status : status + ", from then on",
    ]
  }
}

extension AlertRule {
  /// What it looks for, in words.
  fileprivate var text: String {
    let scope = account.map { " of \($0)" } ?? ""
    switch condition {
    case .largeAmount(let amount): return "a movement\(scope) of at least \(amount.text)"
    case .manyWithdrawals(let count, let window):
      return "\(count) withdrawals\(scope) within \(DurationArgument.text(micros: window))"
    case .inAndOut(let amount, let window):
      return "\(amount.text) in and out\(scope) within \(DurationArgument.text(micros: window))"
    case .newCounterparty(let amount):
      return "a first payment\(scope)\(amount.map { " of at least \($0.text)" } ?? "")"
    case .dormant(let after):
      return "a movement\(scope) after \(DurationArgument.text(micros: after)) without any"
    }
  }
}
