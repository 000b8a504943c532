import JSONText

/// One line of a report: named values in a fixed order.
typealias Record = [JSONMember]

/// A list of records in one of the stable formats, written as it comes.
struct RecordList {
  private let format: OutputFormat
  private let output: Output
  private var count = 0

  init(_ format: OutputFormat, on output: Output) {
    (self.format, self.output) = (format, output)
  }

  mutating func add(_ record: Record) throws {
    switch format {
    case .json, .ndjson: try add(json: JSONValue.object(record).compact)
    case .csv:
      if count == 0 { try output.write(CSVLine.bytes(record.map(\.name))) }
      try output.write(CSVLine.bytes(record.map(\.value.csvField)))
      count += 1
    case .text: preconditionFailure("text has no stable layout")
    }
  }

  /// Adds a record that is JSON already, on one line; not to CSV.
  mutating func add(json: [UInt8]) throws {
    if format == .json { try output.write(count == 0 ? "[\n" : ",\n") }
    try output.write(json)
    if format == .ndjson { try output.write("\n") }
    count += 1
  }

  /// Ends the list; `columns` are the names for a CSV header if there was no record.
  mutating func finish(columns: [String]) throws {
    switch format {
    case .json: try output.write(count == 0 ? "[]\n" : "\n]\n")
    case .csv where count == 0: try output.write(CSVLine.bytes(columns))
    case .csv, .ndjson, .text: break
    }
  }
}

extension JSONValue {
  /// The value as one CSV field: nothing for null, JSON for lists and objects.
  fileprivate var csvField: String {
    switch self {
    case .null: ""
    case .string(let text): text
    case .bool, .integer, .number, .array, .object: String(decoding: compact, as: UTF8.self)
    }
  }
}
