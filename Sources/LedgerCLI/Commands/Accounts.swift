import ArgumentParser
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Lists all accounts, as they stand or stood.
  struct Accounts: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "accounts",
      abstract: "List all accounts and their balances, now or at any moment.",
      discussion: """
        With --at, --known-at or --position it is the trial balance of the whole book at that cut, as \
        balance-at tells it of one account, with totals per currency. Holders and limits are not \
        part of a past cut.

        Example:
          ledger accounts --format csv
          ledger accounts --at 2026-03-31
          ledger accounts --at 2026-03-31 --known-at 2026-04-05 --no-zero --sort balance
          ledger accounts --at 2026-03 --totals
        """)

    @OptionGroup var cutOptions: CutOptions

    @Option(help: ArgumentHelp("Only accounts in this currency.", valueName: "code"))
    var currency: String?

    @Option(help: "Only accounts that are active, or closed.")
    var status: AccountStatus?

    @Option(help: ArgumentHelp("Only accounts whose ids begin with this.", valueName: "text"))
    var prefix: String?

    @Flag(help: "Leave out accounts whose balance is zero.")
    var noZero = false

    @Option(help: "In the order of ids, or of balances within each currency, the largest first.")
    var sort: AccountOrder = .account

    @Flag(help: "The last first.")
    var backwards = false

    @Option(help: ArgumentHelp("Show only the first accounts.", valueName: "n"))
    var limit: Int?

    @Flag(help: "Show only what the accounts of each currency add up to.")
    var totals = false

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard limit ?? 0 >= 0 else { throw ValidationError("--limit takes a number, 0 or more") }
      guard !totals || (limit == nil && sort == .account && !backwards) else {
        throw ValidationError(
          "--totals is not a list: it goes with no --limit, --sort or --backwards")
      }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      if let currency, Currency(code: currency) == nil {
        throw Rejection.unknownCurrency(code: currency)
      }
      let book = try ledger.openForReading()
      let cut = try cutOptions.cut(on: book)
      if totals {
        var sums = AccountSums()
        try forEach(of: book, at: cut) { sums.add($0) }
        try output.printTotals(sums.totals, to: target)
      } else {
        try list(book, at: cut, to: target)
      }
    }

    private func list(_ book: Ledger, at cut: Cut?, to target: Output) throws {
      let isPast = cut != nil
      var sums = AccountSums()
      try output.printList(
        to: target, columns: AccountLine.columns(isPast: isPast),
        table: AccountLine.table(isPast: isPast),
        ifEmpty: sentenceIfEmpty(isPast: isPast)
      ) { add in
        try forEachSorted(of: book, at: cut) { line, isShown in
          sums.add(line)
          if isShown { try add(line.record) { line.row } }
        }
        guard isPast, output.format == .text else { return }
        for (accounts, total) in sums.totals {
          try add([]) { ["= \(accounts)", total.decimal, total.currency.code, "total"] }
        }
      }
    }

    private func sentenceIfEmpty(isPast: Bool) -> String {
      if limit == 0 { return "No accounts are shown, as --limit is 0." }
      return isPast || isFiltered
        ? "There are no such accounts."
        : "There are no accounts; open one with: ledger open ACCOUNT --currency USD"
    }

    private var isFiltered: Bool {
      currency != nil || status != nil || prefix != nil || noZero
    }

    private func accepts(_ line: AccountLine) -> Bool {
      (currency.map { $0 == line.balance.currency.code } ?? true)
        && (status.map { $0 == line.status } ?? true)
        && (prefix.map { line.accountID.text.utf8.starts(with: $0.utf8) } ?? true)
        && !(noZero && line.balance.minorUnits == 0)
    }

    /// What passes the filters, in order of ids.
    private func forEach(
      of book: Ledger, at cut: Cut?, _ body: (AccountLine) throws -> Void
    ) throws {
      if let cut {
        try book.forEachBalance(at: cut) { past in
          let line = AccountLine(past)
          if accepts(line) { try body(line) }
        }
      } else {
        let isInOrder = sort == .account && !backwards && !totals
        try book.forEachAccount(limit: isFiltered || !isInOrder ? nil : limit) { account in
          let line = AccountLine(account)
          if accepts(line) { try body(line) }
        }
      }
    }

    /// The same in the order asked for, and whether the limit lets it be shown.
    private func forEachSorted(
      of book: Ledger, at cut: Cut?, _ body: (AccountLine, _ isShown: Bool) throws -> Void
    ) throws {
      var shown = 0
      func show(_ line: AccountLine) throws {
        try body(line, shown < limit ?? .max)
        shown += 1
      }
      guard sort != .account || backwards else { return try forEach(of: book, at: cut, show) }
      var lines: [AccountLine] = []
      try forEach(of: book, at: cut) { lines.append($0) }
      if sort == .balance { lines.sort(by: AccountLine.isLarger) }
      if backwards { lines.reverse() }
      for line in lines { try show(line) }
    }
  }
}

/// How accounts are sorted.
enum AccountOrder: String, CaseIterable, ExpressibleByArgument {
  case account, balance
}

extension AccountStatus: ExpressibleByArgument {}
