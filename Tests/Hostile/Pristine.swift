package import Foundation
import Tampering
import TestSupport

/// The ledger as it was before anybody touched it.
package struct Pristine: Sendable {
  /// Its file, with an empty log of writes.
  package let bytes: [UInt8]
  /// A log of writes that belongs to it, with one more commit.
  let log: [UInt8]
  /// A log of writes of another ledger.
  let otherLog: [UInt8]
  /// How many bytes a page has.
  package static let pageBytes = 8_192

  /// How many pages the file has.
  package var pages: Int { bytes.count / Self.pageBytes }

  /// Makes it.
  package init() throws {
    let folder = try TemporaryFolder()
    let (path, other) = (folder.path("short"), folder.path("other"))
    try TrialLedger.write(.short, to: path)
    try RawLedger(path).run("PRAGMA wal_checkpoint(TRUNCATE)")
    bytes = try Self.read(path)
    log = try Self.logOfOneMoreRow(path)
    try TrialLedger.write(.long, to: other)
    try RawLedger(other).run("PRAGMA wal_checkpoint(TRUNCATE)")
    otherLog = try Self.logOfOneMoreRow(other)
  }

  /// The one that another process made and left in `folder`.
  package init(from folder: URL) throws {
    func read(_ name: String) throws -> [UInt8] {
      try Self.read(folder.appendingPathComponent(name).path)
    }
    (bytes, log, otherLog) = (try read("bytes"), try read("log"), try read("other-log"))
  }

  /// Leaves it in `folder` for another process.
  package func save(to folder: URL) throws {
    for (name, bytes) in [("bytes", bytes), ("log", log), ("other-log", otherLog)] {
      try Data(bytes).write(to: folder.appendingPathComponent(name))
    }
  }

  private static func read(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// What is in the log after a row was written that changes no answer.
  private static func logOfOneMoreRow(_ path: String) throws -> [UInt8] {
    let raw = try RawLedger(path)
    try raw.run(
      """
      PRAGMA wal_autocheckpoint = 0;
      INSERT OR REPLACE INTO settings VALUES ('snapshots_enabled', 1)
      """)
    // The log is gone once nobody has the file open.
    return try withExtendedLifetime(raw) { try read(path + "-wal") }
  }
}
