package import SQLite

/// A read model built from events: its tables, how an event changes them, and (in its own file) its
/// queries.
///
/// Applied inside the transaction that appends (inline), so that its answers are never stale.
package protocol Projection {
  /// Names it in the file for ever.
  static var name: String { get }
  /// Raised whenever the tables, or what `apply` makes of any event, change.
  static var version: Int64 { get }
  /// The tables' names, which appear unqualified in `schema`.
  static var tables: [String] { get }
  /// `CREATE TABLE` statements with `<schema>.` in front of every table's name.
  static func definitions(in schema: String) -> [String]

  /// A projection whose tables stand in `schema`: `main`, or `temp` for a rebuilt copy.
  init(_ database: Database, schema: String)

  /// Applies one event. A second time changes nothing.
  ///
  /// `log` has at least everything up to the event's commit. What the event changes may wait in memory until
  /// `flush`: nobody reads the tables before.
  func apply(_ event: RecordedEvent, _ log: ReadTransaction) throws

  /// Writes what waits in memory to the tables.
  func flush() throws
}

extension Projection {
  /// Nothing: `apply` writes at once.
  package func flush() throws {}
}
