import ArgumentParser
import EventStore
import JSONText
import LedgerKit

extension LedgerCommand.Projections {
  /// Lists projections.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List the projections: how far each has come, and whether it goes on.",
      discussion: """
        CHECKPOINT is the position of the last event applied, LAG how many events are not applied \
        yet: a deferred projection applies them before it answers. One that can't apply an event \
        stops before it and answers as of then; STATUS says where and why.

        Example:
          ledger projections list
        """)

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let target = try output.open(for: ledger)
      let book = try ledger.openForReading()
      try output.printList(
        to: target, columns: ProjectionStatus.columns, table: ProjectionStatus.table,
        ifEmpty: "There are no projections."
      ) { add in
        for status in try book.projectionStatuses() { try add(status.record) { status.row } }
      }
    }
  }
}

extension ProjectionStatus {
  fileprivate static let columns = [
    "name", "lifecycle", "version", "checkpoint", "lag", "bytes", "stoppedAt", "problem",
    "rebuiltThrough",
  ]

  fileprivate static let table: [TextTable.Column] = [
    .init(title: "NAME"), .init(title: "LIFECYCLE"), .init(title: "VERSION", isNumber: true),
    .init(title: "CHECKPOINT", isNumber: true), .init(title: "LAG", isNumber: true),
    .init(title: "BYTES", isNumber: true), .init(title: "STATUS"),
  ]

  fileprivate var record: Record {
    let values: [JSONValue] = [
      .string(name), .string(lifecycle), .integer(version), .number(checkpoint), .number(lag),
      .number(bytes), .number(stoppedAt), .text(problem), .number(rebuiltThrough),
    ]
    return zip(Self.columns, values).map { JSONMember($0, $1) }
  }

  fileprivate var row: [String] {
    func text(_ number: Int64?) -> String { number.map { "\($0)" } ?? "" }
    return [
      name, lifecycle, "\(version)", text(checkpoint), text(lag), text(bytes), status,
    ]
  }

  private var status: String {
    let rebuild = rebuiltThrough.map { "; a rebuild has come to position \($0)" } ?? ""
    if let stoppedAt { return "stopped before position \(stoppedAt): \(problem ?? "")" + rebuild }
    if let problem { return problem + rebuild }
    return (lag ?? 0 > 0 ? "catches up when it is asked" : "ok") + rebuild
  }
}
