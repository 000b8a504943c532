/// Rows of a projection that wait in memory, so that one that is touched often is written once.
final class PendingRows<Key: Hashable & Comparable, Row> {
  private let most: Int
  private let read: (Key) throws -> Row?
  private let write: (Key, Row) throws -> Void
  private var waiting: [Key: Row] = [:]

  /// No rows yet, and `most` at a time. `read` finds one in the table, and `write` puts one there.
  init(
    most: Int = 16_384, read: @escaping (Key) throws -> Row?,
    write: @escaping (Key, Row) throws -> Void
  ) {
    (self.most, self.read, self.write) = (most, read, write)
  }

  /// The row as it is now; nil if there is none.
  func row(_ key: Key) throws -> Row? { try waiting[key] ?? read(key) }

  /// Changes the row in its place, or `first` if there is none.
  func change(
    _ key: Key, first: @autoclosure () -> Row, _ change: (inout Row) throws -> Void
  ) throws {
    if let index = waiting.index(forKey: key) { return try change(&waiting.values[index]) }
    if waiting.count >= most { try flush() }
    var row = try read(key) ?? first()
    try change(&row)
    waiting[key] = row
  }

  /// Writes what waits, in the order of keys: neighbours in the table are written together.
  func flush() throws {
    for (key, row) in waiting.sorted(by: { $0.key < $1.key }) { try write(key, row) }
    waiting.removeAll(keepingCapacity: true)
  }
}
