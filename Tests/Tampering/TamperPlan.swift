package import Foundation
import TestSupport

/// A ledger of 200 events, and everything that can be done to it.
package struct TamperPlan: Sendable {
  /// The file as it was before anybody touched it.
  package let pristine: Data
  /// Every change that has to be caught, in a fixed order.
  package let tamperings: [Tampering]
  /// Changes that nothing has to catch, since they change no history.
  package let harmless: [Tampering]
  /// SQL that puts STRICT and NOT NULL back.
  let restoring: String

  /// A table without rows would be left out of the trial without anybody noticing.
  private struct EmptyTable: Error {
    let name: String
  }

  /// Makes the ledger and lists what can be done to it. Throws if a table has no row to tamper with.
  package init() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("ledger.db")
    try TrialLedger.write(to: path)
    try RawLedger(path).run("PRAGMA wal_checkpoint(TRUNCATE)")
    try self.init(pristine: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// Lists what can be done to a ledger that was made before: the same, in the same order.
  package init(pristine: Data) throws {
    self.pristine = pristine
    let folder = try TemporaryFolder()
    let path = folder.path("ledger.db")
    try pristine.write(to: URL(fileURLWithPath: path))
    let raw = try RawLedger(path)
    restoring = try StoredTable.restoring(raw)
    let tables = try StoredTable.all(raw)
    for table in tables where table.rowCount == 0 { throw EmptyTable(name: table.name) }
    let ofRows = tables.flatMap { $0.tamperings() }
    tamperings =
      try ofRows.filter { !Harmless.isHarmless($0) } + SeveralTables.all(raw)
      + SchemaTampering.all(raw)
    let caches = ofRows.filter { $0.table == "snapshots" && Harmless.isHarmless($0) }
    harmless = try caches + Harmless.renumberedKeys(raw)
  }
}
