import ArgumentParser

extension LedgerCommand {
  /// Reads other people's files.
  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import",
      abstract: "Book the rows of a file.",
      subcommands: [CSV.self])
  }
}
