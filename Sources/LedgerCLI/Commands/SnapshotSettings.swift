import ArgumentParser
import EventStore
import JSONText
import LedgerKit

extension LedgerCommand.Snapshots {
  /// Says, or changes, when commands take snapshots.
  struct Settings: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "settings",
      abstract: "Show or change when commands take snapshots; kept in the file.",
      discussion: """
        A command takes a snapshot of an account when any of these says so. 'off' turns one off.

        Example:
          ledger snapshot settings
          ledger snapshot settings --every 50 --max-age 1h
          ledger snapshot settings --use off
        """)

    @Option(
      help: ArgumentHelp(
        "Once so many events were recorded since the last one (at first: 100).", valueName: "n"))
    var every: OrOff<Int64>?

    @Option(
      help: ArgumentHelp(
        "Once the first event since the last one is so old: 30s, 15m, 12h or 7d (at first: off).",
        valueName: "duration"))
    var maxAge: OrOff<DurationArgument>?

    @Option(
      help: ArgumentHelp(
        "Once a command had to fold more than so many events (at first: 20).", valueName: "n"))
    var onLoad: OrOff<Int64>?

    @Option(
      help: ArgumentHelp(
        "Whether snapshots are taken and used at all (at first: on).", valueName: "on|off"))
    var use: Switch?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    /// A value, or `off`.
    struct OrOff<Value: ExpressibleByArgument>: ExpressibleByArgument {
      let value: Value?

      init?(argument: String) {
        value = Value(argument: argument)
        guard value != nil || argument == "off" else { return nil }
      }
    }

    enum Switch: String, ExpressibleByArgument { case on, off }

    func validate() throws {
      for (name, events) in [("--every", every?.value), ("--on-load", onLoad?.value)] {
        guard events ?? 1 > 0 else {
          throw ValidationError("\(name) takes a number of events, 1 or more, or off")
        }
      }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let changes = every != nil || maxAge != nil || onLoad != nil || use != nil
      let policy =
        changes
        ? try ledger.openForWriting().changeSnapshotPolicy(change)
        : try ledger.openForReading().snapshotPolicy()
      try output.print(policy.record, to: target) { policy.text }
    }

    private func change(_ policy: inout SnapshotPolicy) {
      if let every { policy.everyEvents = every.value }
      if let maxAge { policy.maxAgeMicros = maxAge.value?.micros }
      if let onLoad { policy.onLoadEvents = onLoad.value }
      if let use { policy.isEnabled = use == .on }
    }
  }
}

extension SnapshotPolicy {
  fileprivate var record: Record {
    [
      JSONMember("enabled", .bool(isEnabled)),
      JSONMember("everyEvents", .number(everyEvents)),
      JSONMember("maxAgeSeconds", .number(maxAgeMicros.map { $0 / 1_000_000 })),
      JSONMember("onLoadEvents", .number(onLoadEvents)),
    ]
  }

  fileprivate var text: String {
    guard isEnabled else { return "Snapshots are neither taken nor used.\n" }
    let reasons = [
      everyEvents.map { "\($0) events were recorded since the last one" },
      maxAgeMicros.map {
        "the first event since the last one is \(DurationArgument.text(micros: $0)) old"
      },
      onLoadEvents.map { "it had to fold more than \($0) events" },
    ].compactMap(\.self)
    guard !reasons.isEmpty else {
      return "Commands take no snapshots; those of 'snapshot create' are used.\n"
    }
    return "A command takes a snapshot of an account once\n"
      + reasons.map { "  \($0)\n" }.joined(separator: "or\n")
  }
}
