import ArgumentParser
import EventStore
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Folds an account's events one by one and stops where they go wrong.
  struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "replay",
      abstract: "Replay an account's events, and stop at the first that can't be right.",
      discussion: """
        Each event comes with the balance before and after it, in the order of recording. Every event \
        is decided again by the rules, against what the events before it have left; in the end the \
        stored balance is compared. Hashes, other accounts and totals are left to verify.

        --from and --until choose what is shown. Replay always starts at the first event, and a bug \
        before --from is found too.

        Exit status 65 if there is a bug, with the event to blame, its data and its metadata.

        Example:
          ledger replay acct-42
          ledger replay acct-42 --from 200 --until 210
        """)

    @Argument(help: "The account.")
    var account: Word

    @Option(
      help: ArgumentHelp("Show events from this version on, counted from 0.", valueName: "version"))
    var from: Int64?

    @Option(
      help: ArgumentHelp("Replay events up to this version, counted from 0.", valueName: "version"))
    var until: Int64?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard from ?? 0 >= 0, until ?? 0 >= 0 else {
        throw ValidationError("--from and --until take a version, 0 or more")
      }
      guard from ?? 0 <= until ?? .max else {
        throw ValidationError("--from is after --until; nothing lies between them")
      }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let account = try AccountID(account.text)
      let book = try ledger.openForReading()
      let replay =
        switch output.format {
        case .json: try writeObject(of: account, in: book, to: target)
        case .text, .ndjson, .csv: try writeList(of: account, in: book, to: target)
        }
      try target.finish()
      if output.format == .csv { Diagnostics.write("ledger: " + sentence(of: replay)) }
      if replay.bug != nil { throw ExitCode(ExitStatus.badData) }
    }

    private func replay(
      _ account: AccountID, in book: Ledger, _ body: (ReplayedEvent) throws -> Void
    ) throws -> LedgerKit.Replay {
      try book.replay(account, through: until) { event in
        if event.recorded.streamPosition >= from ?? 0 { try body(event) }
      }
    }

    private func writeObject(
      of account: AccountID, in book: Ledger, to target: Output
    ) throws -> LedgerKit.Replay {
      var object = try ObjectWithLists(on: target)
      try object.add(JSONMember("accountId", .string(account.text)))
      try object.beginList("events")
      let replay = try replay(account, in: book) { try object.add(item: $0.record) }
      for member in replay.record { try object.add(member) }
      try object.finish()
      return replay
    }

    private func writeList(
      of account: AccountID, in book: Ledger, to target: Output
    ) throws -> LedgerKit.Replay {
      var found: LedgerKit.Replay?
      try output.writeList(
        to: target, columns: ReplayedEvent.columns, table: ReplayedEvent.table,
        ifEmpty: "There are no such events."
      ) { add in
        found = try replay(account, in: book) { event in try add(event.record) { event.row } }
      }
      guard let found else { preconditionFailure("a list is produced once") }
      switch output.format {
      case .text: try target.write(sentence(of: found) + "\n" + (found.bug?.eventText ?? ""))
      case .ndjson:
        let outcome = [JSONMember("accountId", .string(account.text))] + found.record
        try target.write(JSONValue.object(outcome).compact + Array("\n".utf8))
      case .csv, .json: break
      }
      return found
    }

    private func sentence(of replay: LedgerKit.Replay) -> String {
      if let bug = replay.bug { return bug.sentence.visible }
      let range = until.map { " up to version \($0)" } ?? ""
      let events = "\(replay.events) event\(replay.events == 1 ? "" : "s")"
      return "No bug found\(range): \(events), balance \(replay.balance?.text ?? "none")."
    }
  }
}

extension Replay {
  /// What was found, as scripts read it.
  fileprivate var record: Record {
    [
      JSONMember("eventsReplayed", .integer(events)),
      JSONMember("currency", .text(balance?.currency.code)),
      JSONMember("balance", .text(balance?.decimal)),
      JSONMember("bug", bug.map { .object($0.record) } ?? .null),
    ]
  }
}

extension ReplayBug {
  fileprivate var record: Record {
    [
      JSONMember("version", .number(version)), JSONMember("position", .integer(position)),
      JSONMember("problem", .string(problem)),
      JSONMember("event", event.map { .object($0.anyRecord) } ?? .null),
    ]
  }

  fileprivate var sentence: String {
    let place =
      switch (version, event) {
      case (let version?, .some): "at event #\(version) (position \(position))"
      case (let version?, nil): "after event #\(version) (position \(position))"
      case (nil, _): "at position \(position)"
      }
    return "BUG FOUND \(place): \(problem)"
  }

  /// The event with its data and metadata, for people; empty if there is none to show.
  fileprivate var eventText: String {
    guard let event else { return "" }
    let text = String(decoding: JSONValue.object(event.anyRecord).pretty, as: UTF8.self)
    return text.split(separator: "\n").map { String($0).visible + "\n" }.joined()
  }
}

extension ReplayedEvent {
  fileprivate static let columns = [
    "version", "position", "eventType", "amount", "balanceBefore", "balanceAfter", "effectiveAt",
    "recordedAt", "userId",
  ]

  fileprivate static let table: [TextTable.Column] = [
    .init(title: "VERSION", isNumber: true), .init(title: "POSITION", isNumber: true),
    .init(title: "EVENT"), .init(title: "AMOUNT", isNumber: true),
    .init(title: "BEFORE", isNumber: true), .init(title: "AFTER", isNumber: true),
    .init(title: "EFFECTIVE"), .init(title: "RECORDED"), .init(title: "WHO"),
  ]

  private var effectiveAt: Instant { Instant(micros: recorded.commit.header.effectiveAtMicros) }
  private var recordedAt: Instant { Instant(micros: recorded.commit.header.recordedAtMicros) }

  fileprivate var record: Record {
    let values: [JSONValue] = [
      .integer(recorded.streamPosition), .integer(recorded.position), .string(recorded.type),
      .text(amount?.decimal), .text(balanceBefore?.decimal), .text(balanceAfter?.decimal),
      .string(effectiveAt.description), .string(recordedAt.description),
      .string(recorded.commit.header.actor),
    ]
    return zip(Self.columns, values).map { JSONMember($0, $1) }
  }

  fileprivate var row: [String] {
    [
      "#\(recorded.streamPosition)", "\(recorded.position)", recorded.type, amount?.decimal ?? "",
      balanceBefore?.decimal ?? "", balanceAfter?.decimal ?? "", effectiveAt.shortText,
      recordedAt.shortText, recorded.commit.header.actor,
    ]
  }
}
