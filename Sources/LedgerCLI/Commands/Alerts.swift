import ArgumentParser

extension LedgerCommand {
  /// Movements that somebody wants to be told of.
  struct Alerts: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "alerts",
      abstract: "List what rules have found in the movements, and acknowledge it.",
      discussion: """
        Rules are kept in the ledger and look at every movement: large amounts, many withdrawals in \
        a short time, money that comes in and goes out again, first payments to a counterparty, \
        accounts that wake up. Times are those at which movements count, so that the same ledger \
        always raises the same alerts.

        Example:
          ledger alerts
          ledger alerts rules add large --kind large-amount --amount 10000 --currency USD
          ledger alerts ack large@1234 --reason "Checked with the customer"
        """,
      subcommands: [List.self, Rules.self, Acknowledge.self], defaultSubcommand: List.self)
  }
}
