import ArgumentParser
import EventStore
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Feeds other programs.
  struct Subscriptions: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "subscriptions",
      abstract: "Feed other programs with what is recorded, each event at least once.",
      discussion: """
        A subscription is a name and a checkpoint in the ledger's file. Whatever stands behind the \
        checkpoint is still to be delivered: to a command with `run`, or to a script with `read` \
        and `ack`. They are no part of the log: no hash covers them, and no export has them.

        Example:
          ledger subscriptions create mail --type MoneyDeposited --from now
          ledger subscriptions run mail -- ./send-mails
        """,
      subcommands: [
        Create.self, List.self, Delete.self, Read.self, Ack.self, Run.self, DeadLetters.self,
        Retry.self, Discard.self,
      ])
  }
}

/// The name of a subscription on the command line.
struct SubscriptionName: ExpressibleByArgument {
  let text: String

  init?(argument: String) {
    guard Subscription.isName(argument) else { return nil }
    text = argument
  }
}

/// Where a subscription begins, on the command line: `start`, `now`, or a position.
struct StartArgument: ExpressibleByArgument {
  let start: SubscriptionStart

  init?(argument: String) {
    switch argument {
    case "start": start = .start
    case "now": start = .now
    default:
      guard let position = Int64(argument), position >= 0 else { return nil }
      start = .after(position)
    }
  }
}

extension LedgerCommand.Subscriptions {
  /// Makes a subscription.
  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "create",
      abstract: "Make a subscription.",
      discussion: """
        It wants every event unless conditions say less; all of them must hold.

        Example:
          ledger subscriptions create everything
          ledger subscriptions create mail --type MoneyDeposited --type MoneyWithdrawn --from now
          ledger subscriptions create shop --stream-prefix BankAccount-shop: --from 1200
        """)

    @Argument(help: "Its name: letters, digits and -_.")
    var name: SubscriptionName

    @Option(
      parsing: .unconditional,
      help: ArgumentHelp(
        "Where it begins: after a position, or with what comes from now on (default: start).",
        valueName: "start|now|position"))
    var from: StartArgument?

    @Option(
      name: .customLong("type"),
      help: "Only events of this type, such as MoneyDeposited; may be repeated.")
    var types: [String] = []

    @Option(help: "Only streams whose names begin with this.")
    var streamPrefix: String?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      for type in types where !Ledger.eventTypes.contains(type) {
        throw ValidationError(
          "there is no event type '\(type)'; use \(Ledger.eventTypes.joined(separator: ", "))")
      }
      guard streamPrefix != "" else {
        throw ValidationError("--stream-prefix takes the beginning of a name")
      }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let book = try ledger.openForWriting()
      let filter = Subscription.Filter(
        types: types.isEmpty ? nil : types, streamPrefix: streamPrefix)
      let made = try book.createSubscription(name.text, from: from?.start ?? .start, filter)
      try output.print(made.record, to: target) {
        "Made the subscription \(made.name): it is given what comes after position "
          + "\(made.checkpoint).\n"
      }
    }
  }

  /// Lists subscriptions.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List the subscriptions: how far each has come, and what it could not deliver.",
      discussion: """
        LAG is how many events it is still to be given, DEAD how many could not be delivered, and \
        WAITING how many wait for one of these.

        Example:
          ledger subscriptions list
        """)

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let target = try output.open(for: ledger)
      let book = try ledger.openForReading()
      try output.printList(
        to: target, columns: SubscriptionStatus.columns, table: SubscriptionStatus.table,
        ifEmpty: "There are no subscriptions."
      ) { add in
        for status in try book.subscriptions() {
          let state = try state(of: status, in: book)
          try add(status.record(state)) { status.row(state) }
        }
      }
    }

    private func state(of status: SubscriptionStatus, in book: Ledger) throws -> String {
      if try book.isSubscriptionRunning(status.subscription.name) { return "running" }
      return status.subscription.deadLetters > 0 ? "has dead letters" : "idle"
    }
  }

  /// Forgets a subscription.
  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "delete",
      abstract: "Forget a subscription with its dead letters; the log stays as it is.",
      discussion: """
        One that is made again under the same name begins where it is told to.

        Example:
          ledger subscriptions delete mail
        """)

    @Argument(help: "The subscription.")
    var name: SubscriptionName

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let target = try output.open(for: ledger)
      let deleted = try ledger.openForWriting().deleteSubscription(name.text)
      try output.print(deleted.record, to: target) {
        "Forgot the subscription \(deleted.name), which was at position \(deleted.checkpoint).\n"
      }
    }
  }
}

extension Subscription {
  /// The subscription as scripts read it.
  var record: Record {
    [
      JSONMember("name", .string(name)), JSONMember("checkpoint", .integer(checkpoint)),
      JSONMember("types", filter.types.map { .array($0.map { .string($0) }) } ?? .null),
      JSONMember("streamPrefix", .text(filter.streamPrefix)),
      JSONMember("createdAt", .string(Instant(micros: createdAtMicros).description)),
      JSONMember("deadLetters", .integer(deadLetters)), JSONMember("waiting", .integer(waiting)),
    ]
  }
}

extension SubscriptionStatus {
  fileprivate static let columns = [
    "name", "checkpoint", "types", "streamPrefix", "createdAt", "deadLetters", "waiting", "lag",
    "state",
  ]

  fileprivate static let table: [TextTable.Column] = [
    .init(title: "NAME"), .init(title: "CHECKPOINT", isNumber: true),
    .init(title: "LAG", isNumber: true), .init(title: "DEAD", isNumber: true),
    .init(title: "WAITING", isNumber: true), .init(title: "STATE"), .init(title: "WANTS"),
  ]

  fileprivate func record(_ state: String) -> Record {
    subscription.record
      + [JSONMember("lag", .integer(lag)), JSONMember("state", .string(state))]
  }

  fileprivate func row(_ state: String) -> [String] {
    let filter = subscription.filter
    let streams = filter.streamPrefix.map { ["streams \($0)…"] } ?? []
    let wants = ((filter.types ?? []) + streams).joined(separator: ", ")
    return [
      subscription.name, "\(subscription.checkpoint)", "\(lag)", "\(subscription.deadLetters)",
      "\(subscription.waiting)", state, wants.isEmpty ? "everything" : wants,
    ]
  }
}
