import JSONText

/// One line of a report: named values in a fixed order.
typealias Record = [JSONMember]

/// A list of records in one of the stable formats, written as it comes.
struct RecordList {
  private let format: OutputFormat
  private let output: Output
  private var count = 0

  init(_ format: OutputFormat, on output: Output) {
    precondition(format != .text, "text has no stable layout")
    (self.format, self.output) = (format, output)
  }

  mutating func add(_ record: Record) throws {
    switch format {
    case .json:
      try output.write(count == 0 ? "[\n" : ",\n")
      try output.write(JSONValue.object(record).compact)
    case .ndjson:
      try output.write(JSONValue.object(record).compact)
      try output.write("\n")
    case .csv:
      if count == 0 { try output.write(CSVLine.text(record.map(\.name))) }
      try output.write(CSVLine.text(record.map(\.value.csvField)))
    case .text: break
    }
    count += 1
  }

  /// Ends the list; `columns` are the names for a CSV header if there was no record.
  mutating func finish(columns: [String]) throws {
    switch format {
    case .json: try output.write(count == 0 ? "[]\n" : "\n]\n")
    case .csv where count == 0: try output.write(CSVLine.text(columns))
    case .csv, .ndjson, .text: break
    }
  }
}

/// One record of CSV (RFC 4180, with a bare line feed at the end).
enum CSVLine {
  static func text(_ fields: [String]) -> String {
    fields.map(quoted).joined(separator: ",") + "\n"
  }

  /// Line breaks inside a field stand as they are, in quotes; whatever else could steer a terminal is
  /// shown.
  private static func quoted(_ field: String) -> String {
    var text = ""
    var needsQuotes = field.utf8.first == UInt8(ascii: " ")
    for scalar in field.unicodeScalars {
      switch scalar {
      case "\"":
        text += "\"\""
        needsQuotes = true
      case ",", "\n":
        text.unicodeScalars.append(scalar)
        needsQuotes = true
      default: text += scalar.steersTerminal ? String(scalar).visible : String(scalar)
      }
    }
    return needsQuotes ? "\"\(text)\"" : text
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
