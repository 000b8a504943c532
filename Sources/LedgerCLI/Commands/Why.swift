import ArgumentParser
import EventStore
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Walks from a commit to its causes and to its effects.
  struct Why: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "why",
      abstract: "Show what led to a commit, and what came of it.",
      discussion: """
        A --causation-id that is the position of an earlier commit names the cause of a command. The \
        causes of the commit at POSITION are followed up to the root, and everything that came of it \
        down to the last effect. Any other causation id is shown, and ends the walk.

        The tree stands root first, an effect indented below its cause; > marks the commit that was \
        asked for.

        Example:
          ledger why 1234
          ledger withdraw acct-42 5.00 --causation-id 1234 --description "Fee"
        """)

    @Argument(help: "The global position of an event of the commit.")
    var position: Int64

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard position > 0 else { throw ValidationError("positions count from 1") }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let book = try ledger.openForReading()
      switch output.format {
      case .json: try writeObject(of: book, to: target)
      case .text, .ndjson, .csv:
        try output.writeList(
          to: target, columns: CausalCommit.columns, table: CausalCommit.table, ifEmpty: ""
        ) { add in
          try book.why(position) { commit in try add(commit.record) { commit.row } }
        }
      }
      try target.finish()
    }

    private func writeObject(of book: Ledger, to target: Output) throws {
      var object = try ObjectWithLists(on: target)
      try object.add(JSONMember("position", .integer(position)))
      try object.beginList("chain")
      try book.why(position) { commit in
        try object.add(item: commit.record)
        if commit.role == .asked { try object.beginList("effects") }
      }
      try object.finish()
    }
  }
}

extension CausalCommit {
  fileprivate static let columns = [
    "position", "depth", "role", "causedBy", "command", "summary", "effectiveAt", "recordedAt",
    "userId", "correlationId", "causationId", "reason", "reverses", "corrects",
  ]

  fileprivate static let table: [TextTable.Column] = [
    .init(title: "  POSITION"), .init(title: "RECORDED"), .init(title: "WHO"),
    .init(title: "COMMAND"), .init(title: "CAUSED BY"), .init(title: "REASON"),
  ]

  /// Deeper levels are indented no further, so that a long chain stays on the screen.
  private static let deepestIndent = 12

  private var effectiveAt: Instant { Instant(micros: commit.header.effectiveAtMicros) }
  private var recordedAt: Instant { Instant(micros: commit.header.recordedAtMicros) }
  private var reason: String? { Erased.shown(commit.reason?.text, commit.isReasonErased) }

  fileprivate var record: Record {
    let header = commit.header
    let values: [JSONValue] = [
      .integer(position), .integer(Int64(depth)), .string(role.rawValue), .number(causedBy),
      .text(command), .string(summary), .string(effectiveAt.description),
      .string(recordedAt.description), .string(header.actor), .string(header.correlationID),
      .text(header.causationID), .text(reason), .number(reverses), .number(corrects),
    ]
    return zip(Self.columns, values).map { JSONMember($0, $1) }
  }

  fileprivate var row: [String] {
    let indent = String(repeating: "  ", count: min(depth, Self.deepestIndent))
    let links = [
      reverses.map { "reverses \($0)" }, corrects.map { "corrects \($0)" },
    ].compactMap(\.self)
    return [
      (role == .asked ? "> " : "  ") + indent + "\(position)", recordedAt.shortText,
      commit.header.actor, ([summary] + links).joined(separator: ", "),
      commit.header.causationID ?? "", reason ?? "",
    ]
  }
}
