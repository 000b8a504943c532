import EventStore
import SQLite

extension Row {
  /// How many of something the file says there are.
  ///
  /// Throws `StoreProblem` for a number that no ledger reaches: what is added to it could overflow.
  func count(_ column: Int32, in table: String) throws -> Int64 {
    let count = int64(column)
    guard (0...1 << 53).contains(count) else {
      throw StoreProblem(
        position: nil,
        problem: "the table \(table) counts \(count), which no ledger reaches; make it anew with: "
          + "ledger projections rebuild")
    }
    return count
  }
}
