import ArgumentParser
import EventStore
import JSONText
import LedgerKit

extension LedgerCommand {
  /// Examines a ledger without changing it.
  struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "doctor",
      abstract: "Examine the ledger and say what to do; change nothing.",
      discussion: """
        Reads every event as this version of the program would, upcasting what an older one wrote, \
        and checks how far the projections have come, the settings, and every snapshot. Goes on after a problem and lists all of them. Exit status 65 if \
        there is any.

        To prove that nobody edited the file: ledger verify

        Example:
          ledger doctor
          ledger doctor --upcasters
        """)

    @Flag(help: "Only the dry run of the upcasters.")
    var upcasters = false

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    private static let columns = ["check", "subject", "ok", "finding"]

    func run() throws {
      let target = try output.open(for: ledger)
      let book = try ledger.openForReading()
      var problems = 0
      try output.printList(
        to: target, columns: Self.columns,
        table: [.init(title: "CHECK"), .init(title: "SUBJECT"), .init(title: "FINDING")],
        ifEmpty: "There is nothing to examine yet."
      ) { add in
        func report(
          _ check: String, _ subject: String, _ isOK: Bool, _ finding: String
        ) throws {
          if !isOK { problems += 1 }
          let values: [JSONValue] = [
            .string(check), .string(subject), .bool(isOK), .string(finding),
          ]
          try add(zip(Self.columns, values).map { JSONMember($0, $1) }) {
            [check, subject, isOK ? finding : "PROBLEM: \(finding)"]
          }
        }
        try examineUpcasters(of: book, report)
        if !upcasters {
          try examineProjections(of: book, report)
          try examineSettings(of: book, report)
          try examineSnapshots(of: book, report)
        }
      }
      if problems > 0 { throw ExitCode(ExitStatus.badData) }
    }

    private typealias Report = (String, String, Bool, String) throws -> Void

    private func examineUpcasters(of book: Ledger, _ report: Report) throws {
      let check = "upcasters"
      let versions = try book.examineEvents { error in
        try report(check, "position \(error.position)", false, error.problem)
      }
      for stored in versions {
        let readable = stored.events - stored.unreadable
        try report(
          check, "\(stored.eventType) version \(stored.version)", true,
          "\(readable) of \(stored.events) events can be read")
      }
    }

    private func examineProjections(of book: Ledger, _ report: Report) throws {
      let problem = try book.projectionProblem()
      try report(
        "projections", "all", problem == nil,
        problem.map { "\($0); any command that writes makes it anew" } ?? "up to date")
    }

    private func examineSettings(of book: Ledger, _ report: Report) throws {
      do {
        _ = try book.snapshotPolicy()
        try report("settings", "snapshots", true, "can be read")
      } catch StoreFileError.damaged(_, _, let problem) {
        try report("settings", "snapshots", false, problem)
      }
    }

    private func examineSnapshots(of book: Ledger, _ report: Report) throws {
      var good = 0
      try book.verifySnapshots { snapshot, problem in
        guard let problem else {
          good += 1
          return
        }
        try report(
          "snapshots", "\(snapshot.streamID) version \(snapshot.streamPosition)", false,
          "\(problem); remove it with: ledger snapshot prune ACCOUNT --all")
      }
      try report("snapshots", "all", true, "\(good) agree with their events")
    }
  }
}
