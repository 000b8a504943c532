import ArgumentParser

extension LedgerCommand {
  /// Writes files that other ledgers can read.
  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export",
      abstract: "Write the ledger to a file.",
      subcommands: [Events.self])
  }
}
