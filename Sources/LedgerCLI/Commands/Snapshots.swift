import ArgumentParser

extension LedgerCommand {
  /// Saved states, which make loading fast.
  struct Snapshots: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "snapshot",
      abstract: "List, take, check and remove saved states of accounts.",
      discussion: """
        A snapshot saves what an account's events add up to, so that commands and questions about \
        the past need not fold them all. It is a cache: it can be thrown away at any time, and one \
        that can't be trusted is ignored and replaced.
        """,
      subcommands: [List.self, Create.self, Verify.self, Prune.self, Settings.self])
  }
}
