import JSONText
import LedgerKit

/// What `projections verify` found, projection by projection, written as it comes.
struct DifferenceReport {
  private let names: [String]
  private let format: OutputFormat
  private let output: Output
  /// How many projections are written, the one with the open list included.
  private var begun = 0
  /// How many differences the open list has; nil if none is open.
  private var differences: Int?
  private(set) var hasDifferences = false

  init(of names: [String], _ format: OutputFormat, on output: Output) {
    (self.names, self.format, self.output) = (names, format, output)
  }

  /// Adds a difference; they come in the order of the names.
  mutating func add(_ difference: ProjectionDifference) throws {
    hasDifferences = true
    if differences == nil || names[begun - 1] != difference.projection {
      try advance(to: difference.projection)
    }
    let count = differences ?? 0
    switch format {
    case .text: try output.write(Self.text(of: difference).visible + "\n")
    case .csv: try output.write(Self.csv(of: difference))
    case .json, .ndjson:
      try output.write(count == 0 ? "" : ",")
      try output.write(JSONValue.object(Self.record(of: difference)).compact)
    }
    differences = count + 1
  }

  /// Ends the report; projections of which nothing was said are ok.
  mutating func finish() throws {
    try advance(to: nil)
    if format == .json { try output.write(names.isEmpty ? "[]\n" : "\n]\n") }
    try output.finish()
  }

  /// Writes that the projections before `name` are ok, and begins its list; all are if it is nil.
  private mutating func advance(to name: String?) throws {
    try endList()
    if begun == 0, format == .csv { try output.write(CSVLine.bytes(Self.csvColumns)) }
    while begun < names.count, names[begun] != name {
      try begin(names[begun], isOK: true)
      try endList()
    }
    if let name { try begin(name, isOK: false) }
  }

  private mutating func begin(_ name: String, isOK: Bool) throws {
    switch format {
    case .text: try output.write(isOK ? "\(name): ok\n" : "\(name): differs\n")
    case .csv: if isOK { try output.write(CSVLine.bytes([name, "true", "", "", ""])) }
    case .json, .ndjson:
      if format == .json { try output.write(begun == 0 ? "[\n" : ",\n") }
      try output.write("{\"name\":\"\(name)\",\"ok\":\(isOK),\"differences\":[")
    }
    begun += 1
    differences = 0
  }

  private mutating func endList() throws {
    guard differences != nil else { return }
    if format == .json || format == .ndjson {
      try output.write(format == .json ? "]}" : "]}\n")
    }
    differences = nil
  }

  private static let csvColumns = ["name", "ok", "table", "expected", "actual"]

  private static func record(of difference: ProjectionDifference) -> Record {
    [
      JSONMember("table", .string(difference.table)),
      JSONMember("expected", row(difference.expected)),
      JSONMember("actual", row(difference.actual)),
    ]
  }

  private static func csv(of difference: ProjectionDifference) -> [UInt8] {
    func field(_ columns: [ProjectionDifference.Column]?) -> String {
      columns == nil ? "" : String(decoding: row(columns).compact, as: UTF8.self)
    }
    return CSVLine.bytes([
      difference.projection, "false", difference.table, field(difference.expected),
      field(difference.actual),
    ])
  }

  /// A row as an object of texts, as the columns of a read model are no promise.
  private static func row(_ columns: [ProjectionDifference.Column]?) -> JSONValue {
    guard let columns else { return .null }
    return .object(columns.map { JSONMember($0.name, .text($0.value)) })
  }

  /// The key and what differs: all of a row that only one side has.
  private static func text(of difference: ProjectionDifference) -> String {
    func text(_ columns: [ProjectionDifference.Column]) -> String {
      columns.map { "\($0.name)=\($0.value ?? "NULL")" }.joined(separator: " ")
    }
    switch (difference.expected, difference.actual) {
    case (let expected?, let actual?):
      return zip(expected, actual).reduce("  \(difference.table)") { line, columns in
        let (expected, actual) = columns
        guard expected != actual else { return line + " \(actual.name)=\(actual.value ?? "NULL")" }
        return line + " \(actual.name)=\(actual.value ?? "NULL")"
          + " (expected \(expected.value ?? "NULL"))"
      }
    case (let expected?, nil): return "  \(difference.table) lacks \(text(expected))"
    case (nil, let actual?): return "  \(difference.table) should not have \(text(actual))"
    case (nil, nil): return "  \(difference.table)"
    }
  }
}
