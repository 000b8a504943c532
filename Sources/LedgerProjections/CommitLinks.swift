package import EventStore
package import LedgerEvents
package import SQLite

/// What later commits say about earlier ones: that they reverse or correct them.
///
/// Every link is there, also a second reversal of one commit, which only a damaged ledger has.
package struct CommitLinks: LedgerProjection {
  package static let name = "commit_links"
  package static let version: Int64 = 1
  package static let lifecycle = ProjectionLifecycle.inline
  package static let tables = [
    ProjectionTable(
      "commit_links",
      """
      (
        target   INTEGER NOT NULL,  -- last global position of the commit that is spoken of
        link     TEXT    NOT NULL,  -- 'reverses' or 'corrects'
        position INTEGER NOT NULL,  -- last global position of the commit that says so
        PRIMARY KEY (target, link, position)
      ) STRICT, WITHOUT ROWID
      """)
  ]

  private let database: Database
  private let table: String

  package init(_ database: Database, in place: TablePlace) {
    (self.database, table) = (database, place["commit_links"])
  }

  package func apply(_ event: DecodedEvent, _ log: ReadTransaction) throws {
    guard event.recorded.commit.otherMetadata != nil else { return }
    let recorded = event.recorded
    let links = try LinkMetadata(recorded)
    for name in LinkMetadata.Name.allCases {
      guard let target = links[name] else { continue }
      // Every event of the commit says the same.
      try database.run(
        "INSERT OR IGNORE INTO \(table) (target, link, position) VALUES (?, ?, ?)",
        target, name.rawValue, recorded.commit.lastPosition)
    }
  }

  /// The position of the first commit that reverses the one that ends at `target`; nil if none
  /// does.
  package func firstReversal(of target: Int64) throws -> Int64? {
    try database.first(
      "SELECT min(position) FROM \(table) WHERE target = ? AND link = ?",
      target, LinkMetadata.Name.reverses.rawValue
    ) { $0.optionalInt64(0) } ?? nil
  }

  /// Calls `body` for every link to the commit that ends at `target`, in order of recording.
  package func forEach(
    to target: Int64, _ body: (LinkMetadata.Name, Int64) -> Void
  ) throws {
    try database.forEach(
      "SELECT link, position FROM \(table) WHERE target = ? ORDER BY position", target
    ) { row in
      guard let name = LinkMetadata.Name(rawValue: row.text(0)) else {
        throw StoreProblem(
          position: target,
          problem: "the projection \(Self.name) has a link '\(row.text(0))', which is unknown")
      }
      body(name, row.int64(1))
    }
  }

  /// The positions around `target`, itself included, of which nothing is said; nil if something is.
  package func gap(around target: Int64) throws -> ClosedRange<Int64>? {
    let before =
      try database.first(
        "SELECT max(target) FROM \(table) WHERE target <= ?", target
      ) { $0.optionalInt64(0) } ?? nil
    guard before != target else { return nil }
    let after =
      try database.first(
        "SELECT min(target) FROM \(table) WHERE target > ?", target
      ) { $0.optionalInt64(0) } ?? nil
    let (first, last) = (before.map { $0 &+ 1 } ?? .min, after.map { $0 &- 1 } ?? .max)
    // SQLite orders whatever is no number behind all numbers.
    guard first <= target, target <= last else {
      throw StoreProblem(
        position: nil,
        problem: "the table \(table) names a target that is no position; make it anew with: "
          + "ledger projections rebuild")
    }
    return first...last
  }
}
