import Foundation
import Tampering
import TestSupport

/// Everything that is tried, in a fixed order.
package struct HostilePlan {
  /// The ledger.
  package let pristine: Pristine
  /// The files.
  package let files: [HostileFile]

  /// Lists what can be done to `pristine`.
  package init(_ pristine: Pristine) throws {
    self.pristine = pristine
    files = Self.files(of: pristine) + (try Self.rows(pristine))
  }

  /// The files but those with one value or row changed.
  package static func files(of pristine: Pristine) -> [HostileFile] {
    HostileFile.noLedgers + HostileFile.besides + HostileFile.schemas
      + HostileFile.contradictions + HostileFile.all(ofPages: pristine.pages)
  }

  /// Rows that no program of ours writes.
  private static func rows(_ pristine: Pristine) throws -> [HostileFile] {
    let folder = try TemporaryFolder()
    let path = folder.path("ledger.db")
    try Data(pristine.bytes).write(to: URL(fileURLWithPath: path))
    let changes = try RowChanges(RawLedger(path), ofEachKind: 6)
    return changes.sample.map { change in
      HostileFile(.rows, "\(change)") { pristine, path in
        try Data(pristine.bytes).write(to: URL(fileURLWithPath: path))
        try changes.make(change, in: RawLedger(path))
      }
    }
  }
}
