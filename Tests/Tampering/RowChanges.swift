/// Changes of single values and rows, of every table that a ledger has.
package struct RowChanges: Sendable {
  /// A few of each kind in each column of each table, also of those that `verify` need not notice.
  package let sample: [Tampering]
  private let restoring: String

  /// Lists what can be done to the ledger that `raw` has open: at most `count` of each kind.
  package init(_ raw: RawLedger, ofEachKind count: Int) throws {
    restoring = try StoredTable.restoring(raw)
    let all = try StoredTable.all(raw).flatMap { $0.tamperings() }
    let kinds = Dictionary(grouping: all) {
      [$0.table, $0.column ?? "", $0.kind.rawValue, Self.bound(in: $0)]
    }
    sample = kinds.sorted { $0.key.lexicographicallyPrecedes($1.key) }.flatMap { _, changes in
      let step = max(1, changes.count / count)
      return stride(from: 0, to: changes.count, by: step).map { changes[$0] }
    }
  }

  /// The least or the greatest number that there is, if that is written: few programs reckon with it.
  private static func bound(in change: Tampering) -> String {
    [Int64.min, .max].map(String.init).first { change.sql.contains("= \($0) ") } ?? ""
  }

  /// Makes the change, unless SQLite itself refuses it; then the file stays as it was.
  package func make(_ change: Tampering, in raw: RawLedger) throws {
    do {
      if change.isRelaxed { try raw.run(StoredTable.relaxing) }
      try raw.run(change.sql)
      if change.isRelaxed { try raw.run(restoring) }
    } catch is RawLedgerError {
      return
    }
    try raw.run("PRAGMA wal_checkpoint(TRUNCATE)")
  }
}
