import ArgumentParser
import JSONText

/// How answers are written.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, ndjson, csv
}

enum ColorMode: String, CaseIterable, ExpressibleByArgument {
  case always, auto, never
}

/// In which format answers are written, and where to.
struct OutputOptions: ParsableArguments {
  @Option(name: [.long, .customShort("O")], help: "How to write the answer.")
  var format: OutputFormat = .text

  @Option(
    name: [.long, .customShort("o")],
    help: ArgumentHelp("Write to a file instead of standard output.", valueName: "file"))
  var output: String?

  @Option(help: "Whether text is coloured; $NO_COLOR means never unless this says otherwise.")
  var color: ColorMode = .auto

  /// Where answers go. Asked for before anything is booked, so that a receipt has a place to go to.
  ///
  /// Throws if it can't be written, or is the ledger itself or one of `inputs`.
  func open(
    for ledger: LedgerOptions, inputs: [String] = [], isStreamed: Bool = false
  ) throws -> Output {
    let path = ledger.resolvedPath
    let protected = ["", "-wal", "-shm", "-journal"].map { path + $0 } + inputs
    return try Output(path: output, protecting: protected, isStreamed: isStreamed)
  }

  /// Where answers go that no ledger gives.
  func open() throws -> Output { try Output(path: output) }

  /// Writes one record, or `text` for people.
  func print(_ record: Record, to output: Output, text: () throws -> String) throws {
    switch format {
    case .text: try output.write(try text())
    case .json:
      try output.write(JSONValue.object(record).pretty)
      try output.write("\n")
    case .ndjson, .csv:
      var list = RecordList(format, on: output)
      try list.add(record)
      try list.finish(columns: record.map(\.name))
    }
    try output.finish()
  }

  /// Writes a list: `produce` is handed a function that takes one record at a time, together with its
  /// row for people. `columns` names the values of a record.
  func printList(
    to output: Output, columns: [String], table: [TextTable.Column], ifEmpty: String,
    _ produce: (_ add: (Record, () -> [String]) throws -> Void) throws -> Void
  ) throws {
    try writeList(to: output, columns: columns, table: table, ifEmpty: ifEmpty, produce)
    try output.finish()
  }

  /// Writes a list like `printList`, with more to follow.
  func writeList(
    to output: Output, columns: [String], table: [TextTable.Column], ifEmpty: String,
    _ produce: (_ add: (Record, () -> [String]) throws -> Void) throws -> Void
  ) throws {
    if format == .text {
      var rows = TextTable(table, on: output, isColored: isColored(output))
      var isEmpty = true
      try produce { _, row in
        isEmpty = false
        try rows.add(row())
      }
      try rows.finish()
      if isEmpty { try output.write(ifEmpty + "\n") }
    } else {
      var list = RecordList(format, on: output)
      try produce { record, _ in try list.add(record) }
      try list.finish(columns: columns)
    }
  }

  func isColored(_ output: Output) -> Bool {
    switch color {
    case .always: true
    case .never: false
    case .auto: output.isTerminal && ProcessEnvironment["NO_COLOR"] == nil
    }
  }
}
