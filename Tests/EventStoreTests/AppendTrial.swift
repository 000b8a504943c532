import Foundation
import SQLite
import TestSupport

@testable import EventStore

/// One append to a store of three commits on a faulty disk, which a test may make fail before it.
final class AppendTrial {
  /// In what state the append finds the store.
  enum Setting: CaseIterable, Sendable {
    /// Nobody has the store open, and there is no log.
    case closed
    /// The last writer died: the log holds commits, and its index is gone.
    case unrecovered
    /// The handle appended before.
    case open
    /// The log has grown so long that this append copies it into the file.
    case checkpoint
    /// All of the log was copied, so this append begins it anew.
    case restart
    /// The commit has more pages than the handle may keep in memory.
    case spill
  }

  /// The file of a store of two commits: copying it is much faster than making it.
  private static let twoCommits = Result {
    let file = try TestStore(projections: [Tally.self])
    try file.open().append([.numbered(1)], to: "a")
    try file.open().append([.numbered(2)], to: "a")
    return try Data(contentsOf: URL(fileURLWithPath: file.path))
  }

  let file: TestStore
  let disk: FaultyDisk
  private var store: EventStore?
  private let commit: NewCommit

  init(_ setting: Setting) throws {
    file = try TestStore(projections: [Tally.self], isCreated: false)
    disk = FaultyDisk(in: file.folder)
    let text = String(repeating: "x", count: setting == .spill ? 4_000 : 1)
    let event = NewEvent(type: "Text", version: 1, data: Array("{\"text\":\"\(text)\"}".utf8))
    commit = NewCommit([
      StreamAppend(
        streamID: "a", expectedVersion: .any, events: Array(repeating: event, count: 8)),
      StreamAppend(streamID: "new", expectedVersion: .noStream, events: [event]),
    ])
    try Self.twoCommits.get().write(to: URL(fileURLWithPath: file.path))
    let store = try file.open()
    try store.append([.numbered(3)], to: "a")
    switch setting {
    case .closed: return
    case .unrecovered:
      // A handle that is closed on a working disk would tidy up.
      disk.fail(from: 1)
      return
    case .open: break
    case .checkpoint: try store.database.execute("PRAGMA wal_autocheckpoint = 1")
    case .restart: try store.database.execute("PRAGMA wal_checkpoint(PASSIVE)")
    case .spill: try store.database.execute("PRAGMA cache_size = 1")
    }
    self.store = store
  }

  /// The number of the new commit; opens the store if no handle is open.
  func append() throws -> Int64? {
    let store = try store ?? file.open()
    self.store = store
    return try store.append(commit).first?.commit.header.number
  }

  /// Appends; the error, or nil for a receipt.
  func attempt() -> (any Error)? {
    if case .failure(let error) = Result(catching: append) { error } else { nil }
  }

  /// Closes the handle.
  func close() { store = nil }
}
