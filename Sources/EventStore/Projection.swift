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
  /// Whether a file may lack it as long as it would be empty, as one does that was made before
  /// there was such a projection. The next write makes it.
  static var mayBeMissingWhenEmpty: Bool { get }

  /// A projection whose tables stand in `schema`: `main`, or `temp` for a rebuilt copy.
  init(_ database: Database, schema: String)

  /// Applies one event. A second time changes nothing.
  ///
  /// What it changes may wait in memory until `flush`: nobody reads the tables before.
  func apply(_ event: RecordedEvent) throws

  /// Writes what waits in memory to the tables.
  func flush() throws
}

extension Projection {
  /// No: every file has it.
  package static var mayBeMissingWhenEmpty: Bool { false }

  /// Nothing: `apply` writes at once.
  package func flush() throws {}
}
