package import Foundation
package import EventStore
package import LedgerKit
import TestSupport

/// Tampers with a ledger of 200 events in every way, and asks `verify` each time.
package final class TamperTrial {
  /// What came of one change.
  package enum Outcome: UInt8, Sendable {
    /// SQLite itself would not make the change.
    case refusedBySQLite = 1
    /// The file could not even be opened as a ledger.
    case caughtOnOpening
    case caughtByVerify
    /// `verify` said that all is well.
    case unnoticed
    /// Something else went wrong than finding damage.
    case failed
    /// The change changed nothing: the trial itself is wrong.
    case pointless
    /// The change was being tried; what remains if the program crashed.
    case started

    /// Whether nobody could take the changed file for the ledger.
    package var isCaught: Bool { self == .caughtOnOpening || self == .caughtByVerify }
  }

  /// The file as it was before anybody touched it.
  package let pristine: Data
  /// Every change that has to be caught, in a fixed order.
  package let tamperings: [Tampering]
  /// Changes that nothing has to catch, since they change no history.
  package let harmless: [Tampering]
  private let restoring: String
  private let folder: TemporaryFolder
  private let path: String

  /// Makes the ledger and lists what can be done to it. Throws if a table has no row to tamper with.
  package convenience init() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("ledger.db")
    try TrialLedger.write(to: path)
    try RawLedger(path).run("PRAGMA wal_checkpoint(TRUNCATE)")
    try self.init(pristine: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// Lists what can be done to a ledger that another trial made: the same, in the same order.
  package init(pristine: Data) throws {
    self.pristine = pristine
    folder = try TemporaryFolder()
    path = folder.path("ledger.db")
    try pristine.write(to: URL(fileURLWithPath: path))
    let raw = try RawLedger(path)
    restoring = try StoredTable.restoring(raw)
    let tables = try StoredTable.all(raw)
    for table in tables where table.rows.isEmpty { throw EmptyTable(name: table.name) }
    let ofRows = tables.flatMap { $0.tamperings() }
    tamperings =
      try ofRows.filter { !Harmless.isHarmless($0) } + SeveralTables.all(raw)
      + SchemaTampering.all(raw)
    let caches = ofRows.filter { $0.table == "snapshots" && Harmless.isHarmless($0) }
    harmless = try caches + Harmless.renumberedKeys(raw)
  }

  /// A table without rows would be left out of the trial without anybody noticing.
  package struct EmptyTable: Error {
    /// The table.
    package let name: String
  }

  /// Changes a fresh copy of the ledger and asks a fresh handle what it thinks of it.
  package func outcome(of tampering: Tampering) throws -> (outcome: Outcome, detail: String) {
    if let early = try apply(tampering) { return early }
    return verify()
  }

  /// Makes the change in a fresh copy; says what came of it if that was not to be.
  package func apply(_ tampering: Tampering) throws -> (outcome: Outcome, detail: String)? {
    try restore()
    let raw = try RawLedger(path)
    do {
      let isOfRows = ![.dropped, .altered, .added].contains(tampering.kind)
      if tampering.isRelaxed { try raw.run(StoredTable.relaxing) }
      let before = raw.changedRows
      try raw.run(tampering.sql)
      if isOfRows && raw.changedRows == before { return (.pointless, "no row was changed") }
      if tampering.isRelaxed { try raw.run(restoring) }
      return nil
    } catch let error as RawLedgerError {
      return (.refusedBySQLite, error.description)
    }
  }

  /// What a fresh handle says of the copy as it is.
  package func verify() -> (outcome: Outcome, detail: String) {
    do {
      let ledger: Ledger
      do {
        ledger = try open(.readOnly)
      } catch let error as StoreFileError {
        return (.caughtOnOpening, "\(error)")
      }
      let verification = try ledger.verify()
      return (.unnoticed, "\(verification)")
    } catch let error as StoreFileError {
      return (.caughtByVerify, "\(error)")
    } catch {
      return (.failed, "\(error)")
    }
  }

  /// Makes a fresh copy of the ledger, and returns another program's connection to it.
  package func freshCopy() throws -> RawLedger {
    try restore()
    return try RawLedger(path)
  }

  /// Another program's connection to the copy as it is.
  package func raw() throws -> RawLedger { try RawLedger(path) }

  /// The copy as the program itself opens it.
  package func open(_ access: EventStore.Access) throws -> Ledger {
    try Ledger(
      path: path, options: .init(access: access),
      environment: .init(clockMicros: { 0 }, randomBytes: { [UInt8](repeating: 0, count: $0) }))
  }

  private func restore() throws {
    for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    try pristine.write(to: URL(fileURLWithPath: path))
  }
}
