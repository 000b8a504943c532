import EventStore
import JSONText
import LedgerDomain
import LedgerEvents
import LedgerImport
import LedgerKit

/// A list of events in one of the formats, written as it comes.
struct EventList {
  private static let table: [TextTable.Column] = [
    .init(title: "POSITION", isNumber: true), .init(title: "RECORDED"), .init(title: "STREAM"),
    .init(title: "EVENT"), .init(title: "AMOUNT", isNumber: true), .init(title: "WHO"),
    .init(title: "DESCRIPTION"), .init(title: "REASON"),
  ]

  private let format: OutputFormat
  private let output: Output
  private let isRaw: Bool
  private var table: TextTable
  private var records: RecordList
  private var writer: EventWriter
  private var isEmpty = true

  init(_ format: OutputFormat, on output: Output, isColored: Bool, isRaw: Bool) {
    (self.format, self.output, self.isRaw) = (format, output, isRaw)
    table = TextTable(Self.table, on: output, isColored: isColored)
    records = RecordList(format, on: output)
    writer = EventWriter(isRaw: isRaw)
  }

  /// Adds `event`; `reversedBy` names the commit that reversed its own, if one did.
  mutating func add(_ event: RecordedEvent, reversedBy: Int64?) throws {
    isEmpty = false
    switch format {
    case .text: try table.add(event.row)
    case .json, .ndjson: try records.add(json: writer.json(of: event, reversedBy: reversedBy))
    case .csv: try records.add(isRaw ? event.rawRecord : event.flatRecord(reversedBy: reversedBy))
    }
  }

  /// Writes what waits for its columns to be measured, if anything does.
  mutating func showAll() throws { try table.showAll() }

  /// Ends the list, with `checkpoint` if there is one.
  mutating func finish(_ checkpoint: Checkpoint?) throws {
    switch format {
    case .text:
      try table.finish()
      if isEmpty { try output.write("There are no events.\n") }
      if let checkpoint {
        try output.write(try CheckpointRecord.printedLine(of: checkpoint) + "\n")
      }
    case .json, .ndjson:
      if let checkpoint {
        let record = CheckpointRecord.record(of: checkpoint)
        try records.add([JSONMember("checkpoint", .object(record))])
      }
      try records.finish(columns: [])
    case .csv:
      if let checkpoint { try records.add(row(of: checkpoint)) }
      try records.finish(columns: columns)
    }
  }

  private var columns: [String] { isRaw ? RecordedEvent.columns : RecordedEvent.flatColumns }

  /// The checkpoint where an event would stand.
  private func row(of checkpoint: Checkpoint) -> Record {
    columns.map { column in
      let value: JSONValue =
        switch column {
        case "globalPosition": .integer(checkpoint.position)
        case "eventType": .string("Checkpoint")
        case "data": .object(CheckpointRecord.record(of: checkpoint))
        case "createdAt": .string(Instant(micros: checkpoint.createdAtMicros).description)
        default: .null
        }
      return JSONMember(column, value)
    }
  }
}

extension OutputOptions {
  /// Writes the events that `query` asks for and whose amount is one of `amounts`, and after them, if it
  /// is wanted, a checkpoint of the same moment.
  func printEvents(
    _ query: EventQuery, amounts: AmountRange?, of book: Ledger, withCheckpoint: Bool = false,
    to output: Output
  ) throws {
    var list = EventList(
      format, on: output, isColored: isColored(output), isRaw: query.isRaw)
    let links = try book.linkLookup(for: query)
    func add(_ event: RecordedEvent) throws {
      try list.add(event, reversedBy: query.isRaw ? nil : links.links(of: event).reversedBy)
    }
    var checkpoint: Checkpoint?
    if withCheckpoint {
      checkpoint = try book.forEachEventAndCheckpoint(query, amounts: amounts, add)
    } else {
      try book.forEachEvent(query, amounts: amounts, add)
    }
    try list.finish(checkpoint)
    try output.finish()
  }
}

extension OutputOptions {
  /// Writes the events that `query` asks for and whose amount is one of `amounts`, and then those that are
  /// recorded from now on, as soon as they are. None says that it was reversed later.
  ///
  /// Throws `ClosedPipe` once nobody reads it any more.
  func followEvents(
    _ query: EventQuery, amounts: AmountRange?, of book: Ledger, to output: Output
  ) throws {
    var list = EventList(format, on: output, isColored: isColored(output), isRaw: query.isRaw)
    try follow(query, of: book, on: output, show: { try list.showAll() }) { part in
      var count = 0
      try book.forEachEvent(part, amounts: amounts) { event in
        count += 1
        try list.add(event, reversedBy: nil)
      }
      return count
    }
    try list.showAll()
    try output.finish()
  }

  /// Has `read` write one part after the other of what `query` asks for, as soon as there is one; `show` is
  /// called before each wait. `read` returns how many events it wrote.
  ///
  /// Throws `ClosedPipe` once nobody reads it any more.
  func follow(
    _ query: EventQuery, of book: Ledger, on output: Output, show: () throws -> Void,
    _ read: (EventQuery) throws -> Int
  ) throws {
    let watch = book.watch()
    try book.follow(
      query,
      pause: {
        try show()
        try output.flush()
        if watch.wait(orHangUpOf: output.descriptor) == .hungUp { throw ClosedPipe() }
        return true
      }, read)
  }
}

extension RecordedEvent {
  private static let dataColumns = [
    "amount", "currency", "balanceAfter", "overdraftLimit", "counterparty", "holder", "description",
  ]
  private static let metadataColumns = ["userId", "reason", "correlationId"]

  /// The names of an event's values in a spreadsheet, as in `flatRecord`.
  fileprivate static let flatColumns =
    columns + ["accountId"] + dataColumns + metadataColumns

  /// The event for a spreadsheet: its record, and what people look for in columns of its own.
  fileprivate func flatRecord(reversedBy: Int64?) -> Record {
    let record = record(reversedBy: reversedBy)
    let (data, metadata) = (record[5].value, record[6].value)
    return record
      + [JSONMember("accountId", .text(AccountStream.account(of: streamID)?.text))]
      + Self.dataColumns.map { JSONMember($0, data[$0] ?? .null) }
      + Self.metadataColumns.map { JSONMember($0, metadata[$0] ?? .null) }
  }
}

extension CheckpointRecord {
  /// The checkpoint's line, without its end. Throws if the ledger's id is no single word.
  static func printedLine(of checkpoint: Checkpoint) throws(UsageError) -> String {
    guard let line = line(of: checkpoint) else {
      throw UsageError(
        message:
          "the ledger's id '\(checkpoint.storeID)' is no single word, as a line needs; use "
          + "--format ndjson")
    }
    return line
  }
}
