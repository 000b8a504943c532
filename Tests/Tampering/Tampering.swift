/// One change behind the program's back.
package struct Tampering: Hashable, Sendable {
  /// The ledger that is changed.
  package var ledger = TrialLedger.Size.short
  /// What is changed, as the report names it: a table, or several.
  package let table: String
  /// The column; nil if whole rows or the schema are changed.
  package let column: String?
  package let kind: Kind
  /// The change, as any SQLite client can make it with triggers switched off.
  package let sql: String
  /// Whether the change takes STRICT and NOT NULL away first, and puts them back.
  package var isRelaxed = false

  package init(_ table: String, _ column: String?, _ kind: Kind, _ sql: String) {
    (self.table, self.column, self.kind, self.sql) = (table, column, kind, sql)
  }

  /// How something was changed; in the order in which reports list them.
  package enum Kind: String, CaseIterable, Sendable {
    case bit = "one bit of a byte"
    case letter = "another letter or digit"
    case notUTF8 = "a byte that is no UTF-8"
    case sameLook = "other bytes that read alike"
    case number = "another number"
    case erased = "NULL for a value"
    case filled = "a value for NULL"
    case emptied = "emptied"
    case longer = "a byte more"
    case shorter = "a byte less"
    case otherType = "another type"
    case swapped = "the next row's value"
    case deleted = "row deleted"
    case duplicated = "row duplicated"
    case rowsSwapped = "rows swapped"
    case renumbered = "rows renumbered"
    case consistent = "several tables at once"
    case dropped = "dropped"
    case altered = "altered"
    case added = "added"
    case hidden = "added under SQLite's name"
  }
}

extension Tampering: CustomStringConvertible {
  package var description: String {
    let place = column.map { "\(table).\($0)" } ?? table
    let line = sql.split(separator: "\n").joined(separator: " ")
    return "\(place): \(kind.rawValue)\(isRelaxed ? " (STRICT and NOT NULL lifted)" : ""): \(line)"
  }
}
