/// What came of many changes, counted by table, column and kind.
package struct TamperReport {
  /// The changes that nobody noticed, or that went wrong in another way.
  package let uncaught: [(tampering: Tampering, outcome: TamperTrial.Outcome)]
  private var counts: [Line: Count] = [:]
  private var total = Count()

  private struct Line: Hashable {
    let table: String
    let column: String
    let kind: Tampering.Kind

    var order: (String, String, Int) {
      (table, column, Tampering.Kind.allCases.firstIndex(of: kind) ?? 0)
    }
  }

  private struct Count {
    var tried = 0
    var refused = 0
    var onOpening = 0
    var caught = 0

    mutating func add(_ outcome: TamperTrial.Outcome) {
      tried += 1
      if outcome == .refusedBySQLite { refused += 1 }
      if outcome == .caughtOnOpening { onOpening += 1 }
      if outcome.isCaught { caught += 1 }
    }
  }

  package init(_ tried: [(tampering: Tampering, outcome: TamperTrial.Outcome)]) {
    uncaught = tried.filter { !$0.outcome.isCaught && $0.outcome != .refusedBySQLite }
    for (tampering, outcome) in tried {
      let line = Line(
        table: tampering.table, column: tampering.column ?? "", kind: tampering.kind)
      counts[line, default: Count()].add(outcome)
      total.add(outcome)
    }
  }

  /// A line for each table, column and kind of change.
  package var table: String {
    let head = Self.line("TABLE", "COLUMN", "CHANGE", "TRIED", "REFUSED", "CAUGHT")
    let lines = counts.sorted { $0.key.order < $1.key.order }.map { line, count in
      Self.line(
        line.table, line.column, line.kind.rawValue, "\(count.tried)", "\(count.refused)",
        "\(count.caught)")
    }
    return ([head] + lines).joined(separator: "\n")
  }

  /// The totals, in words.
  package var summary: String {
    """
    \(total.tried) changes: \(total.refused) refused by SQLite itself, \(total.caught) caught \
    (\(total.onOpening) of them on opening), \(uncaught.count) not caught.
    """
  }

  private static func line(
    _ table: String, _ column: String, _ kind: String, _ tried: String, _ refused: String,
    _ caught: String
  ) -> String {
    func left(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    func right(_ text: String) -> String {
      String(repeating: " ", count: max(0, 9 - text.count)) + text
    }
    return left(table, 17) + left(column, 23) + left(kind, 28) + right(tried) + right(refused)
      + right(caught)
  }
}
