import Foundation
import EventStore
import LedgerKit
import TestSupport

/// Tampers with copies of a ledger, and asks `verify` each time.
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

  private let plan: TamperPlan
  private let folder: TemporaryFolder
  /// The copy that is changed.
  package let path: String

  /// A trial in a folder of its own.
  package init(_ plan: TamperPlan) throws {
    self.plan = plan
    folder = try TemporaryFolder()
    path = folder.path("ledger.db")
  }

  /// Changes a fresh copy of the ledger and asks a fresh handle what it thinks of it.
  package func outcome(of tampering: Tampering) throws -> (outcome: Outcome, detail: String) {
    if let early = try apply(tampering) { return early }
    return verify()
  }

  /// Makes the change in a fresh copy; says what came of it if that was not to be.
  private func apply(_ tampering: Tampering) throws -> (outcome: Outcome, detail: String)? {
    try restore(tampering.ledger)
    let raw = try RawLedger(path)
    do {
      let isOfRows = ![.dropped, .altered, .added, .hidden].contains(tampering.kind)
      if tampering.isRelaxed { try raw.run(StoredTable.relaxing) }
      let before = raw.changedRows
      try raw.run(tampering.sql)
      if isOfRows && raw.changedRows == before { return (.pointless, "no row was changed") }
      if tampering.isRelaxed { try raw.run(plan.restoring) }
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
        ledger = try Ledger(
          path: path, options: .init(access: .readOnly),
          environment: .init(clockMicros: { 0 }, randomBytes: { _ in [] }))
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

  /// Makes a fresh copy of a ledger.
  package func restore(_ size: TrialLedger.Size = .short) throws {
    for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    guard let pristine = plan.pristine[size] else {
      preconditionFailure("a plan has every ledger")
    }
    guard let file = FileHandle(forUpdatingAtPath: path) else {
      return try pristine.write(to: URL(fileURLWithPath: path))
    }
    // Written over, not anew: a file that was cut to nothing is flushed to the disk when it is closed.
    try file.write(contentsOf: pristine)
    try file.truncate(atOffset: UInt64(pristine.count))
    try file.close()
  }
}
