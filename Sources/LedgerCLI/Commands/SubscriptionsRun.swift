import ArgumentParser
import EventStore
import JSONText
import LedgerKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension LedgerCommand.Subscriptions {
  /// Feeds a command.
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run",
      abstract: "Give a command what a subscription wants, batch by batch, as it is recorded.",
      discussion: """
        The command is run once for every batch, reads the events as JSON, one a line, and says with \
        exit status 0 that it has taken all of them: only then does the checkpoint move. So each \
        event is delivered in order and at least once; whoever must not take one twice remembers its \
        globalPosition.

        A batch that is refused is tried again, then in halves, until the event to blame is found. \
        That becomes a dead letter; later events of its stream wait for it, and other streams go \
        on: see `dead-letters`. Exit status 75 of the command says that it can take nothing now: \
        then it is asked again until it can. $LEDGER_DB and $LEDGER_SUBSCRIPTION tell it what it is \
        fed from.

        With --integration the command reads the events for outsiders, each when the last of the \
        stored events that it tells is delivered; a transfer keeps its order and waits in the stream \
        of that one, the payee's.

        One process at a time runs a subscription. When it is interrupted it asks the command to end \
        and ends with it, with --once when there is nothing left to deliver.

        Example:
          ledger subscriptions run mail -- ./send-mails
          ledger subscriptions run copy --once --batch 1000 -- sh -c 'cat >> copy.ndjson'
        """)

    @Argument(help: "The subscription.")
    var name: SubscriptionName

    @Argument(
      parsing: .postTerminator,
      help: ArgumentHelp("The command and its arguments, after --.", valueName: "command"))
    var command: [String]

    @Flag(help: "End when there is nothing left to deliver.")
    var once = false

    @Option(help: ArgumentHelp("How many events are delivered together at most.", valueName: "n"))
    var batch = 100

    @Option(
      help: ArgumentHelp("How often to try again before an event is a dead letter.", valueName: "n")
    )
    var retries = 5

    @Option(
      help: ArgumentHelp(
        "How long to rest before that, then twice as long up to 10s: 500ms, 5s (default: 100ms).",
        valueName: "time"))
    var rest: TimeoutArgument?

    @OptionGroup var feed: FeedOptions
    @OptionGroup var ledger: LedgerOptions

    func validate() throws {
      guard !command.isEmpty else {
        throw ValidationError("say which command to feed, after --: run NAME -- COMMAND")
      }
      guard (1...100_000).contains(batch) else {
        throw ValidationError("--batch takes 1 to 100000")
      }
      guard (0...1_000).contains(retries) else {
        throw ValidationError("--retries takes 0 to 1000")
      }
    }

    func run() throws {
      let book = try ledger.openForWriting()
      let lock = try book.lockSubscription(name.text)
      defer { withExtendedLifetime(lock) {} }
      tellCommand()
      StopSignal.catchAll()
      let watch = book.watch()
      var policy = SubscriptionRunner.Policy()
      (policy.batch, policy.retries) = (batch, retries)
      if let rest { policy.firstRestMillis = Int64(rest.duration / .milliseconds(1)) }
      var runner = SubscriptionRunner(book, name: name.text, policy: policy)
      let filter = try book.subscription(named: name.text).filter
      while !StopSignal.hasCome {
        let step = try runner.step(rest: Self.rest) { events in
          let input = try input(events, filter, book)
          // A leg of a transfer may tell outsiders nothing.
          return input.isEmpty ? .nothing : try deliver(input)
        }
        if step == .ended || step == .idle && once { return }
        if step == .idle { _ = watch.wait() }
      }
    }

    private func tellCommand() {
      setenv("LEDGER_SUBSCRIPTION", name.text, 1)
      guard let path = realpath(ledger.resolvedPath, nil) else { return }
      setenv("LEDGER_DB", path, 1)
      free(path)
    }

    private static func rest(millis: Int64) -> Bool {
      SystemClock.sleep(micros: millis * 1_000)
      return !StopSignal.hasCome
    }

    /// What the command reads.
    private func input(
      _ events: [RecordedEvent], _ filter: Subscription.Filter, _ book: Ledger
    ) throws -> [UInt8] {
      var writer = FeedWriter(feed, ledgerID: book.id)
      let lines =
        feed.integration
        ? try book.integrationEvents(of: events, wantedBy: filter).map(writer.line)
        : events.map { writer.line(of: $0) }
      var input: [UInt8] = []
      for line in lines {
        input += line.json
        input.append(UInt8(ascii: "\n"))
      }
      return input
    }

    private func deliver(_ input: [UInt8]) throws -> Delivery {
      switch try ChildCommand(words: command).run(input: input) {
      case .exited(0): return .done
      // What ends this program ends the command too, as a rule.
      case _ where StopSignal.hasCome: return .unavailable(problem: "interrupted")
      case .exited(ExitStatus.busy):
        return .unavailable(problem: "exit status \(ExitStatus.busy)")
      // As a shell has it for a command that it can't run: no event is to blame.
      case .exited(let status) where [126, 127].contains(status):
        throw OutputError(
          status: ExitStatus.notFound,
          message: "the command '\(command.joined(separator: " "))' can't be run: it ended with "
            + "exit status \(status); nothing was acknowledged")
      case .exited(let status): return .refused(problem: "exit status \(status)")
      case .killed(let signal): return .refused(problem: "killed by signal \(signal)")
      }
    }
  }
}
