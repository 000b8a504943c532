package import Foundation
import TestSupport

/// Two ledgers, and everything that can be done to them.
package struct TamperPlan: Sendable {
  /// The files as they were before anybody touched them.
  package let pristine: [TrialLedger.Size: Data]
  /// Every change that has to be caught, in a fixed order.
  package private(set) var tamperings: [Tampering]
  /// Changes that nothing has to catch, since they change no history.
  package let harmless: [Tampering]
  /// SQL that puts STRICT and NOT NULL back.
  let restoring: String

  /// A table without rows would be left out of the trial without anybody noticing.
  private struct EmptyTable: Error {
    let name: String
  }

  /// Makes the ledgers and lists what can be done to them. Throws if a table has no row in either.
  package init() throws {
    let folder = try TemporaryFolder()
    var pristine: [TrialLedger.Size: Data] = [:]
    for size in TrialLedger.Size.allCases {
      let path = folder.path("\(size)")
      try TrialLedger.write(size, to: path)
      try RawLedger(path).run("PRAGMA wal_checkpoint(TRUNCATE)")
      pristine[size] = try Data(contentsOf: URL(fileURLWithPath: path))
    }
    try self.init(pristine: pristine)
  }

  /// Lists what can be done to ledgers that were made before: the same, in the same order.
  package init(pristine: [TrialLedger.Size: Data]) throws {
    self.pristine = pristine
    let folder = try TemporaryFolder()
    func raw(_ size: TrialLedger.Size) throws -> RawLedger {
      let path = folder.path("\(size)")
      try pristine[size]?.write(to: URL(fileURLWithPath: path))
      return try RawLedger(path)
    }
    let short = try raw(.short)
    restoring = try StoredTable.restoring(short)
    let ofRows = try Self.tamperingsOfRows(short, raw(.long)).filter { !Harmless.isUnchecked($0) }
    tamperings =
      try ofRows.filter { !Harmless.isHarmless($0) } + SeveralTables.all(short)
      + SchemaTampering.all(short)
    let caches = ofRows.filter {
      !Harmless.usersTables.contains($0.table) && Harmless.isHarmless($0)
    }
    harmless = try caches + Harmless.renumberedKeys(short)
  }

  /// Only what is done to `tables`, as reports name them; everything if there are none.
  package func restricted(to tables: [String]) -> TamperPlan {
    var plan = self
    plan.tamperings = tamperings.filter { tables.isEmpty || tables.contains($0.table) }
    return plan
  }

  /// Changes of every table of the short ledger, and in the long one of those that are empty there.
  private static func tamperingsOfRows(
    _ short: RawLedger, _ long: RawLedger
  ) throws -> [Tampering] {
    try StoredTable.all(short).flatMap { table in
      guard table.rowCount == 0 else { return table.tamperings() }
      let longTable = try StoredTable(table.name, long)
      guard longTable.rowCount > 0 else { throw EmptyTable(name: table.name) }
      return longTable.tamperings().map { tampering in
        var tampering = tampering
        tampering.ledger = .long
        return tampering
      }
    }
  }
}
