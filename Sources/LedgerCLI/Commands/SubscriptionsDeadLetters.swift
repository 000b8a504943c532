import ArgumentParser
import EventStore
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand.Subscriptions {
  /// Lists what could not be delivered.
  struct DeadLetters: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "dead-letters",
      abstract: "List the events that could not be delivered, and those that wait for them.",
      discussion: """
        Look at one with: ledger events --after N-1 --limit 1. Once the cause is gone, `retry` has \
        them delivered in order; `discard` gives one up.

        Example:
          ledger subscriptions dead-letters mail
        """)

    @Argument(help: "The subscription.")
    var name: SubscriptionName

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let target = try output.open(for: ledger)
      let book = try ledger.openForReading()
      try output.printList(
        to: target, columns: DeadLetter.columns, table: DeadLetter.table,
        ifEmpty: "There are no dead letters."
      ) { add in
        for letter in try book.deadLetters(of: name.text) { try add(letter.record) { letter.row } }
      }
    }
  }

  /// Has dead letters tried again.
  struct Retry: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "retry",
      abstract: "Have dead letters tried again, by whoever runs the subscription.",
      discussion: """
        Each stream's first is tried; if it is taken, those that wait for it follow in order.

        Example:
          ledger subscriptions retry mail
          ledger subscriptions retry mail 1207
        """)

    @Argument(help: "The subscription.")
    var name: SubscriptionName

    @Argument(help: "The position of the dead letter (default: all).")
    var position: Int64?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let target = try output.open(for: ledger)
      let book = try ledger.openForWriting()
      let count = try book.retryDeadLetters(of: name.text, position: position)
      try output.print([JSONMember("due", .integer(count))], to: target) {
        count == 0
          ? "There is nothing to be tried again.\n"
          : "\(count) dead letter\(count == 1 ? " is" : "s are") tried again by the next run.\n"
      }
    }
  }

  /// Gives a dead letter up.
  struct Discard: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "discard",
      abstract: "Give a dead letter up: those that wait for it are delivered next.",
      discussion: """
        The event stays in the log.

        Example:
          ledger subscriptions discard mail 1207
        """)

    @Argument(help: "The subscription.")
    var name: SubscriptionName

    @Argument(help: "The position of the dead letter.")
    var position: Int64

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let target = try output.open(for: ledger)
      let book = try ledger.openForWriting()
      try book.discardDeadLetter(at: position, of: name.text)
      try output.print(
        [JSONMember("name", .string(name.text)), JSONMember("discarded", .integer(position))],
        to: target
      ) { "Gave up the event at position \(position).\n" }
    }
  }
}

extension DeadLetter {
  fileprivate static let columns = [
    "globalPosition", "streamId", "attempts", "problem", "failedAt", "state",
  ]

  fileprivate static let table: [TextTable.Column] = [
    .init(title: "POSITION", isNumber: true), .init(title: "STREAM"),
    .init(title: "ATTEMPTS", isNumber: true), .init(title: "STATE"), .init(title: "PROBLEM"),
  ]

  private var state: String { isDue ? "due" : attempts == 0 ? "waiting" : "dead" }

  fileprivate var record: Record {
    let failedAt = failedAtMicros.map { Instant(micros: $0).description }
    let values: [JSONValue] = [
      .integer(position), .string(streamID), .integer(attempts), .text(problem), .text(failedAt),
      .string(state),
    ]
    return zip(Self.columns, values).map { JSONMember($0, $1) }
  }

  fileprivate var row: [String] {
    ["\(position)", streamID, "\(attempts)", state, problem ?? ""]
  }
}
