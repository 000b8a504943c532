import ArgumentParser

extension LedgerCommand {
  /// Read models built from the events.
  struct Projections: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "projections",
      abstract: "List, rebuild and check the read models that answer questions.",
      discussion: """
        A projection is a table or two that the events add up to. An inline one is updated in the \
        transaction of every command; a deferred one catches up before it answers. All of them can \
        be thrown away and rebuilt.
        """,
      subcommands: [List.self, Rebuild.self, Verify.self])
  }
}
