import ArgumentParser
import JSONText
import LedgerKit

extension LedgerCommand {
  /// Examines a ledger without changing it.
  struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "doctor",
      abstract: "Examine the ledger and say what to do; change nothing.",
      discussion: """
        Looks at the file and its log of writes, at who may read it and on which kind of disk it is, at \
        the clock, at what is in the ledger, and at what earlier commands left behind. Reads every event \
        as this version of the program would, upcasting what an older one wrote. Goes on after a \
        problem and lists all of them.

        Exit status 65 if there is a problem. Warnings are for you to weigh: the ledger works, but not \
        as you may believe.

        To prove that nobody edited the file: ledger verify

        Example:
          ledger doctor
          ledger doctor --upcasters
          ledger doctor --format ndjson | grep -v '"severity":"none"'
        """)

    @Flag(help: "Only the dry run of the upcasters.")
    var upcasters = false

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let target = try output.open(for: ledger)
      let book = try ledger.openForReading()
      var hasProblems = false
      try output.printList(
        to: target, columns: Finding.columns,
        table: [.init(title: "CHECK"), .init(title: "SUBJECT"), .init(title: "FINDING")],
        ifEmpty: "There is nothing to examine yet."
      ) { add in
        for examination in upcasters ? [.upcasters] : Examination.allCases {
          try book.examine(examination) { finding in
            if finding.severity == .problem { hasProblems = true }
            try add(finding.record) { finding.row }
          }
        }
      }
      if hasProblems { throw ExitCode(ExitStatus.badData) }
    }
  }
}

extension Finding {
  fileprivate static let columns = ["check", "subject", "ok", "finding", "severity"]

  fileprivate var record: Record {
    let values: [JSONValue] = [
      .string(check.rawValue), .string(subject), .bool(severity != .problem), .string(text),
      .string(severity.rawValue),
    ]
    return zip(Self.columns, values).map { JSONMember($0, $1) }
  }

  fileprivate var row: [String] {
    let mark =
      switch severity {
      case .none: ""
      case .warning: "WARNING: "
      case .problem: "PROBLEM: "
      }
    return [check.rawValue, subject, mark + text]
  }
}
