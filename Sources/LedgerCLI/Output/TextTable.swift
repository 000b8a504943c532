/// Columns for people. Widths come from the first thousand rows, so that memory stays flat.
struct TextTable {
  struct Column {
    let title: String
    var isNumber = false
  }

  private static let rowsToMeasure = 1_000
  private let columns: [Column]
  private let output: Output
  private let isColored: Bool
  private var widths: [Int]
  private var waiting: [[String]] = []
  private var isMeasuring = true

  init(_ columns: [Column], on output: Output, isColored: Bool) {
    self.columns = columns
    self.output = output
    self.isColored = isColored
    widths = columns.map(\.title.count)
  }

  /// Adds a row with one text per column.
  mutating func add(_ row: [String]) throws {
    let row = row.map(\.visible)
    guard isMeasuring else { return try write(row) }
    waiting.append(row)
    if waiting.count == Self.rowsToMeasure { try writeWaiting() }
  }

  mutating func finish() throws { try showAll() }

  /// Writes the rows so far; from then on, widths are what these need.
  mutating func showAll() throws {
    if isMeasuring, !waiting.isEmpty { try writeWaiting() }
  }

  private mutating func writeWaiting() throws {
    isMeasuring = false
    for row in waiting {
      widths = zip(widths, row).map { max($0, $1.count) }
    }
    let header = line(columns.map(\.title))
    try output.write((isColored ? "\u{1B}[1m\(header)\u{1B}[0m" : header) + "\n")
    for row in waiting { try write(row) }
    waiting.removeAll()
  }

  private func write(_ row: [String]) throws {
    try output.write(line(row) + "\n")
  }

  private func line(_ texts: [String]) -> String {
    var line = ""
    for (index, text) in texts.enumerated() {
      let padding = String(repeating: " ", count: max(0, widths[index] - text.count))
      line += columns[index].isNumber ? padding + text : text + padding
      line += "  "
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
