import ArgumentParser
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Says where an account stood.
  struct BalanceAt: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "balance-at",
      abstract: "Show what an account's balance was.",
      discussion: """
        Two clocks: INSTANT cuts by when movements count (the effective time), --known-at by when \
        the ledger recorded them. Each alone or both. A date or a month means its end, UTC.

        Example:
          ledger balance-at acct-42 2026-03-01
          ledger balance-at acct-42 2026-03-01 --known-at 2026-04-05
          ledger balance-at acct-42 --version 7
        """)

    @Argument(help: "The account.")
    var account: Word

    @Argument(help: "The effective cut, such as 2026-03-01 or 2026-03-01T12:00:00Z.")
    var instant: Word?

    @Option(
      help: ArgumentHelp("The recorded cut: only what was written by then.", valueName: "instant"))
    var knownAt: String?

    @Option(help: "The account's events up to this one, counted from 0.")
    var version: Int64?

    @Option(help: "All commits up to this global position.")
    var position: Int64?

    @Flag(help: "Say how the answer was found.")
    var explain = false

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      let instants = instant != nil || knownAt != nil
      let cuts = [instants, version != nil, position != nil].filter { $0 }.count
      guard cuts > 0 else {
        throw ValidationError(
          "say where to cut: INSTANT, --known-at INSTANT, both, --version N or --position N")
      }
      guard cuts == 1 else {
        throw ValidationError(
          "--version and --position combine with no other cut; only INSTANT and --known-at do")
      }
      guard version ?? 0 >= 0, position ?? 0 >= 0 else {
        throw ValidationError("versions and positions are not negative")
      }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let account = try AccountID(account.text)
      let book = try ledger.openForReading()
      let cut = try cut(on: book)
      let past = try book.balance(of: account, at: cut)
      try output.print(record(of: past, at: cut), to: target) { text(of: past) }
    }

    private func cut(on book: Ledger) throws -> Cut {
      if let version { return .version(version) }
      if let position { return .position(position) }
      return try Cut(effective: instant?.text, known: knownAt, on: book)
    }

    private func record(of past: PastBalance, at cut: Cut) -> Record {
      var record: Record = [
        JSONMember("accountId", .string(past.accountID.text)),
        JSONMember("currency", .string(past.balance.currency.code)),
        JSONMember("balance", .string(past.balance.decimal)),
        JSONMember("status", .string(AccountStatus(isClosed: past.isClosed).rawValue)),
        JSONMember("version", .integer(past.version)),
        JSONMember("position", .integer(past.position)),
      ]
      switch cut {
      case .instants(let effective, let known):
        record.append(JSONMember("effectiveCut", .text(effective?.description)))
        record.append(JSONMember("knownAtCut", .text(known?.description)))
      case .version(let version): record.append(JSONMember("versionCut", .integer(version)))
      case .position(let position): record.append(JSONMember("positionCut", .integer(position)))
      }
      if explain {
        record += [
          JSONMember("balanceVersion", .number(past.path.balanceVersion)),
          JSONMember("snapshotVersion", .number(past.path.snapshotVersion)),
          JSONMember("eventsReplayed", .integer(Int64(past.path.eventsReplayed))),
          JSONMember("lateMovements", .integer(Int64(past.path.lateMovements))),
        ]
      }
      return record
    }

    private func text(of past: PastBalance) -> String {
      let status = past.isClosed ? "  (closed)" : ""
      let answer = "\(past.accountID)  \(past.balance.text)\(status)\n"
      guard explain else { return answer }
      return answer
        + "  \(start(of: past.path))\(late(past.path)); the last event is version \(past.version), "
        + "in the commit at position \(past.position)\n"
    }

    private func start(of path: PastBalance.Path) -> String {
      if let version = path.balanceVersion { return "the balance stored with version \(version)" }
      let start = path.snapshotVersion.map { "from the snapshot at version \($0), " } ?? ""
      return "\(start)folded \(path.eventsReplayed) event\(path.eventsReplayed == 1 ? "" : "s")"
    }

    private func late(_ path: PastBalance.Path) -> String {
      switch path.lateMovements {
      case 0: ""
      case 1: ", and 1 movement that was recorded late"
      case let count: ", and \(count) movements that were recorded late"
      }
    }
  }
}
