import ArgumentParser
import EventStore
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Shows an account and its latest movements.
  struct Summary: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "summary",
      abstract: "Show an account with its latest movements.",
      discussion: """
        --after-version waits until the account has that version, which another program may be \
        about to write, and then answers; after --timeout it gives up with exit status 75.

        Example:
          ledger summary acct-42
          ledger summary acct-42 --after-version 204 --timeout 5s
        """)

    @Argument(help: "The account.")
    var account: Word

    @Option(help: ArgumentHelp("How many movements to show.", valueName: "n"))
    var limit = 5

    @Option(help: ArgumentHelp("Wait until the account has this version.", valueName: "n"))
    var afterVersion: Int64?

    @Option(
      help: ArgumentHelp(
        "How long to wait for it: 500ms, 5s, 2m, or seconds (default: 5s).", valueName: "time"))
    var timeout: TimeoutArgument?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard limit >= 0 else { throw ValidationError("--limit takes a number, 0 or more") }
      guard afterVersion ?? 0 >= 0 else {
        throw ValidationError("--after-version takes a version, 0 or more")
      }
      guard timeout == nil || afterVersion != nil else {
        throw ValidationError(
          "--timeout says how long to wait for --after-version, which is missing")
      }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let account = try AccountID(account.text)
      let book = try ledger.openForReading()
      if let afterVersion {
        let pause = Pause(upTo: timeout?.duration ?? .seconds(5))
        try book.wait(for: afterVersion, of: account) { pause.next() }
      }
      let (summary, movements) = try book.summary(of: account, latest: limit)
      try output.print(Self.record(of: summary, movements), to: target) {
        Self.text(of: summary, movements)
      }
    }

    private static func record(of summary: AccountSummary, _ movements: [HistoryEntry]) -> Record {
      [
        JSONMember("accountId", .string(summary.accountID.text)),
        JSONMember("holder", .text(Erased.shown(summary.holder, summary.isHolderErased))),
        JSONMember("currency", .string(summary.balance.currency.code)),
        JSONMember("balance", .string(summary.balance.decimal)),
        JSONMember("version", .integer(summary.version)),
        JSONMember("status", .string(AccountStatus(isClosed: summary.isClosed).rawValue)),
        JSONMember("position", .integer(summary.position)),
        JSONMember(
          "recentTransactions",
          .array(
            movements.map { entry in
              .object([
                JSONMember("date", .string(entry.day)),
                JSONMember(
                  "description", .text(Erased.shown(entry.description, entry.isDescriptionErased))),
                JSONMember("amount", .string(entry.amount.decimal)),
              ])
            })),
      ]
    }

    private static func text(of summary: AccountSummary, _ movements: [HistoryEntry]) -> String {
      let holder = Erased.shown(summary.holder, summary.isHolderErased).map { "  \($0)" } ?? ""
      let status = AccountStatus(isClosed: summary.isClosed).rawValue
      let heading = "\(summary.accountID)  \(summary.balance.text)  \(status)\(holder)".visible
      let width = movements.map(\.amount.decimal.count).max() ?? 0
      return movements.reduce(heading + "\n") { text, entry in
        let amount = entry.amount.decimal
        let padding = String(repeating: " ", count: width - amount.count)
        let description = Erased.shown(entry.description, entry.isDescriptionErased)
        let words = (description ?? entry.counterparty.map { "with \($0)" } ?? entry.kind.rawValue)
        return text + "  \(entry.day)  \(padding)\(amount)  \(words.visible)\n"
      }
    }
  }
}

/// A length of time to wait: `500ms`, `5s`, `2m`, or a number of seconds.
struct TimeoutArgument: ExpressibleByArgument {
  let duration: Duration

  init?(argument: String) {
    let digits = argument.prefix { ("0"..."9").contains($0) }
    guard let count = Int64(digits), count <= 1_000_000 else { return nil }
    switch argument.dropFirst(digits.count) {
    case "ms": duration = .milliseconds(count)
    case "", "s": duration = .seconds(count)
    case "m": duration = .seconds(60 * count)
    default: return nil
    }
  }
}

/// Short waits that end at a time.
private final class Pause {
  private static let shortest: Int64 = 2_000
  private static let longest: Int64 = 50_000
  private let end: ContinuousClock.Instant
  private var micros = shortest

  init(upTo duration: Duration) { end = .now + duration }

  /// Waits a little longer each time, and returns whether there was time left.
  func next() -> Bool {
    let left = Int64((end - .now) / .microseconds(1))
    guard left > 0 else { return false }
    SystemClock.sleep(micros: min(micros, left))
    micros = min(2 * micros, Self.longest)
    return true
  }
}

extension HistoryEntry {
  fileprivate var day: String { String(effectiveAt.description.prefix(10)) }
}
