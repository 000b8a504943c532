import ArgumentParser

extension LedgerCommand {
  /// Reads other people's files.
  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import",
      abstract: "Book what stands in a file.",
      subcommands: [CSV.self, Commands.self])
  }
}
