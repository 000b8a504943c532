import ArgumentParser

extension LedgerCommand {
  /// Reads other people's files.
  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import",
      abstract: "Book the rows or commands of a file, or load a whole ledger.",
      subcommands: [CSV.self, Commands.self, Events.self])
  }
}
