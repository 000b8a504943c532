import ArgumentParser
import EventStore
import JSONText
import LedgerKit

extension LedgerCommand.Subscriptions {
  /// Shows what a subscription is to be given next.
  struct Read: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "read",
      abstract: "Show what a subscription is to be given next; nothing is acknowledged.",
      discussion: """
        Use it with `ack` from a script: what was not acknowledged is read again. Events of streams \
        that wait for a dead letter are left out.

        Example:
          ledger subscriptions read mail --limit 10 --format ndjson
        """)

    @Argument(help: "The subscription.")
    var name: SubscriptionName

    @Option(help: ArgumentHelp("Show only the first of them.", valueName: "n"))
    var limit: Int?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard limit ?? 1 >= 1 else { throw ValidationError("--limit takes a number, 1 or more") }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let book = try ledger.openForReading()
      var list = EventList(
        output.format, on: target, isColored: output.isColored(target), isRaw: false)
      try book.forEachDelivery(to: name.text, limit: limit) { try list.add($0, reversedBy: nil) }
      try list.finish(nil)
      try target.finish()
    }
  }

  /// Records how far a subscription has come.
  struct Ack: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "ack",
      abstract: "Record that everything up to a position was delivered.",
      discussion: """
        A checkpoint never goes back, and acknowledging the same position twice changes nothing. \
        With --expected nothing changes either if somebody else has moved it meanwhile.

        Example:
          ledger subscriptions ack mail 1210
          ledger subscriptions ack mail 1210 --expected 1200
        """)

    @Argument(help: "The subscription.")
    var name: SubscriptionName

    @Argument(help: "The globalPosition of the last event that was delivered.")
    var position: Int64

    @Option(help: ArgumentHelp("Where its checkpoint has to be.", valueName: "position"))
    var expected: Int64?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard position >= 0, expected ?? 0 >= 0 else {
        throw ValidationError("a checkpoint is a position, 0 or more")
      }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let book = try ledger.openForWriting()
      let now = try book.acknowledge(name.text, through: position, expecting: expected)
      try output.print(now.record, to: target) {
        "The subscription \(now.name) is at position \(now.checkpoint).\n"
      }
    }
  }
}
