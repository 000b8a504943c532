package import SQLite

/// A read model built from events: its tables, how an event changes them, and its queries.
///
/// One file each. The engine decides when events are applied, and to tables under which names: those that
/// answer, or a copy that is being made.
package protocol Projection {
  /// Names it in the file for ever.
  static var name: String { get }
  /// Raised whenever the tables, or what `apply` makes of any event, change.
  static var version: Int64 { get }
  /// When its tables are brought up to date.
  static var lifecycle: ProjectionLifecycle { get }
  /// Its tables, in order of creation.
  static var tables: [ProjectionTable] { get }
  /// Whether its tables keep personal text.
  ///
  /// Then `apply` is shown that text as it is in the file now, and every erasure empties the tables; they
  /// are filled again from what is left. Only a deferred projection may.
  static var keepsPersonalText: Bool { get }

  /// A projection over tables that stand in `place`.
  init(_ database: Database, in place: TablePlace)

  /// Applies one event. A second time changes nothing.
  ///
  /// Events come in the order of the log, and all of a commit before anybody reads the tables. `log` has
  /// at least everything up to the event's commit. What the event changes may wait in memory until `flush`.
  /// Throws if the event can't be applied: an inline projection refuses the command so, a deferred one
  /// stops before the event's commit.
  func apply(_ event: ProjectedEvent, _ log: ReadTransaction) throws

  /// Writes what waits in memory to the tables.
  func flush() throws
}

extension Projection {
  package static var keepsPersonalText: Bool { false }

  /// Nothing: `apply` writes at once.
  package func flush() throws {}
}

/// When a projection is brought up to date.
package enum ProjectionLifecycle: String, Sendable {
  /// In the transaction of every command.
  case inline
  /// At the latest before it answers: it catches up in batches.
  case deferred
  /// Never: whoever asks folds the events into temporary tables.
  case live
}

/// A table of a projection.
package struct ProjectionTable: Hashable, Sendable {
  package let name: String
  /// `(columns) STRICT`, or the arguments of a full-text index.
  fileprivate let definition: String
  package let isFullText: Bool

  /// A table; `definition` is what follows its name in `CREATE TABLE`.
  ///
  /// What needs an index declares it as `UNIQUE` in here: other indexes could not be renamed with their
  /// table, <https://sqlite.org/lang_altertable.html>.
  package init(_ name: String, _ definition: String) {
    (self.name, self.definition, isFullText) = (name, definition, false)
  }

  /// A full-text index without a copy of the text, <https://sqlite.org/fts5.html>; `columns` and options
  /// but `content` as in its documentation.
  package static func fullText(_ name: String, _ columns: String) -> ProjectionTable {
    ProjectionTable(name: name, definition: "(\(columns), content='')", isFullText: true)
  }

  private init(name: String, definition: String, isFullText: Bool) {
    (self.name, self.definition, self.isFullText) = (name, definition, isFullText)
  }

  /// How much of a full-text index waits in memory while it is filled, in bytes: four times what SQLite
  /// takes, for a third less time.
  static let indexMemoryBytes = 4_194_304

  /// The statement that makes it under `name`.
  func creation(named name: String) -> String {
    isFullText
      ? "CREATE VIRTUAL TABLE \(name) USING fts5\(definition)"
      : "CREATE TABLE \(name) \(definition)"
  }
}

/// Under which names the tables of a projection stand.
package struct TablePlace: Hashable, Sendable {
  private let schema: String
  private var others: [String: String] = [:]

  /// The tables that answer.
  package static let main = TablePlace(schema: "main")
  /// Copies of one connection, gone with it.
  static let temporary = TablePlace(schema: "temp")

  private init(schema: String) { self.schema = schema }

  /// Tables of the file that stand under `names` until they take the place of those that answer.
  static func renamed(_ names: [String: String]) -> TablePlace {
    var place = TablePlace.main
    place.others = names
    return place
  }

  /// What SQL calls `table` here, schema included.
  package subscript(table: String) -> String { "\(schema).\(others[table] ?? table)" }
}

/// What the program makes of a recorded event, for its projections; nil if nothing.
package typealias EventDecode = (RecordedEvent) throws -> (any AnyObject & Sendable)?

/// A recorded event on its way to projections.
///
/// A class, as it goes from hand to hand and is large.
package final class ProjectedEvent: Sendable {
  package let recorded: RecordedEvent
  /// What the program made of it, once for all projections.
  package let content: (any AnyObject & Sendable)?

  package init(_ recorded: RecordedEvent, content: (any AnyObject & Sendable)?) {
    (self.recorded, self.content) = (recorded, content)
  }
}
