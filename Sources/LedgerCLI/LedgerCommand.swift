package import ArgumentParser

/// `ledger`: the root of all subcommands.
package struct LedgerCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "ledger",
    abstract: "Keep money in one file that remembers everything.",
    discussion: """
      Every change is an immutable event; balances are what the events add up to, now or at any \
      moment in the past.

      The file is --db PATH, else $LEDGER_DB, else ./ledger.db.

      Example:
        ledger init
        ledger open alice --currency USD
        ledger deposit alice 100.00 --description "Payroll"
        ledger balance alice

      Exit status: 0 done, 1 refused by a rule, 64 usage, 65 bad data, 66 not found, 73 cannot \
      create, 74 input or output failed, 75 busy.
      """,
    version: "0.1.0",
    // Each names itself: deriving a name from its type would cost every start a millisecond.
    subcommands: [
      Init.self, Open.self, Change.self, Deposit.self, Withdraw.self, Transfer.self, Close.self,
      Reverse.self, Erase.self, Periods.self,
      Balance.self, Accounts.self, Summary.self, BalanceAt.self, History.self,
      MonthlyStatement.self,
      Search.self, Stats.self, Alerts.self, Flows.self, FlowPath.self, Cycles.self, Diff.self,
      Restated.self,
      Audit.self, Events.self, Replay.self, Why.self,
      Verify.self, Checkpoint.self, Prove.self, VerifyProof.self, Backup.self, Restore.self,
      Doctor.self, Snapshots.self, Projections.self, Subscriptions.self, Bench.self,
      Import.self, Export.self,
    ])

  package init() {}

  /// The command that stands first in `words`, unless it has commands of its own.
  ///
  /// Its parser finds what the whole program's does, a millisecond of a deposit's twelve sooner; whatever it
  /// finds wrong, and help, is for the other to say, which knows all commands.
  static func named(_ words: [String]) -> (any ParsableCommand.Type)? {
    guard let name = words.first else { return nil }
    let command = configuration.subcommands.first { $0.configuration.commandName == name }
    return command.flatMap { $0.configuration.subcommands.isEmpty ? $0 : nil }
  }
}
