import EventStore
import SQLite

/// A deferred projection for tests: how many events each stream has. It can't apply some events.
struct DeferredTally: Projection {
  static let name = "deferred_tally"
  static let version: Int64 = 1
  static let lifecycle = ProjectionLifecycle.deferred
  static let tables = [
    ProjectionTable(
      "deferred_tally",
      """
      (
        stream_id     TEXT    PRIMARY KEY,
        events        INTEGER NOT NULL,
        last_position INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID
      """)
  ]
  /// The type of event that `apply` can't apply.
  static let poisonType = "Poison"

  private let database: Database
  private let table: String

  init(_ database: Database, in place: TablePlace) {
    (self.database, table) = (database, place["deferred_tally"])
  }

  func apply(_ event: ProjectedEvent, _ log: ReadTransaction) throws {
    guard event.recorded.type != Self.poisonType else {
      throw StoreProblem(position: event.recorded.position, problem: "it is poison")
    }
    try count(event)
  }

  fileprivate func count(_ event: ProjectedEvent) throws {
    try database.run(
      """
      INSERT INTO \(table) VALUES (?, 1, ?)
      ON CONFLICT DO UPDATE SET events = events + 1, last_position = excluded.last_position
       WHERE excluded.last_position > last_position
      """, event.recorded.streamID, event.recorded.position)
  }

  /// By stream.
  func tally() throws -> [String: Int64] {
    var tally: [String: Int64] = [:]
    try database.forEach("SELECT stream_id, events FROM \(table)") { row in
      tally[row.text(0)] = row.int64(1)
    }
    return tally
  }
}

/// The same projection in a program that can apply everything.
struct CuredTally: Projection {
  static let name = DeferredTally.name
  static let version = DeferredTally.version
  static let lifecycle = DeferredTally.lifecycle
  static let tables = DeferredTally.tables

  private let tally: DeferredTally

  init(_ database: Database, in place: TablePlace) {
    tally = DeferredTally(database, in: place)
  }

  func apply(_ event: ProjectedEvent, _ log: ReadTransaction) throws { try tally.count(event) }

  func counts() throws -> [String: Int64] { try tally.tally() }
}

/// The same projection one version later, and inline.
struct InlineTally: Projection {
  static let name = DeferredTally.name
  static let version: Int64 = 2
  static let lifecycle = ProjectionLifecycle.inline
  static let tables = DeferredTally.tables

  private let tally: DeferredTally

  init(_ database: Database, in place: TablePlace) {
    tally = DeferredTally(database, in: place)
  }

  func apply(_ event: ProjectedEvent, _ log: ReadTransaction) throws { try tally.count(event) }
}

/// A deferred projection for tests: the words of all personal texts.
struct WordIndex: Projection {
  static let name = "word_index"
  static let version: Int64 = 1
  static let lifecycle = ProjectionLifecycle.deferred
  static let keepsPersonalText = true
  static let tables = [ProjectionTable.fullText("word_index", "words")]

  private let database: Database
  private let table: String

  init(_ database: Database, in place: TablePlace) {
    (self.database, table) = (database, place["word_index"])
  }

  func apply(_ event: ProjectedEvent, _ log: ReadTransaction) throws {
    guard let text = event.recorded.personalText?.text else { return }
    try database.run(
      "INSERT INTO \(table) (rowid, words) VALUES (?, ?)", event.recorded.position, text)
  }

  /// The positions of the events that have `word` in their text.
  func positions(of word: String) throws -> [Int64] {
    var positions: [Int64] = []
    try database.forEach(
      "SELECT rowid FROM \(table) WHERE word_index MATCH ? ORDER BY rowid", "\"\(word)\""
    ) { positions.append($0.int64(0)) }
    return positions
  }
}

/// A live projection for tests: nothing of it is in the file.
struct LiveTally: Projection {
  static let name = "live_tally"
  static let version: Int64 = 1
  static let lifecycle = ProjectionLifecycle.live
  static let tables = [
    ProjectionTable("live_tally", "(type TEXT PRIMARY KEY, events INTEGER NOT NULL) STRICT")
  ]

  private let database: Database
  private let table: String

  init(_ database: Database, in place: TablePlace) {
    (self.database, table) = (database, place["live_tally"])
  }

  func apply(_ event: ProjectedEvent, _ log: ReadTransaction) throws {
    try database.run(
      "INSERT INTO \(table) VALUES (?, 1) ON CONFLICT DO UPDATE SET events = events + 1",
      event.recorded.type)
  }

  func events(_ type: String) throws -> Int64? {
    try database.first("SELECT events FROM \(table) WHERE type = ?", type) { $0.int64(0) }
  }
}
