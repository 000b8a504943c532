import EventStore
import Foundation
import LedgerDomain
import LedgerKit
import Testing
import TestSupport

/// A small ledger of one file format, kept as it was made in `fixtures/ledgers/format-N.ledger`,
/// and what every later version must say of it.
struct KeptLedger: CustomTestStringConvertible {
  let format: Int64
  let commits: Int64
  let events: Int64
  let headHash: String
  /// By account, with `closed` behind a closed one.
  let balances: [String: String]
  /// Versions of the snapshots of `acct-99`.
  let snapshots: [Int64]

  var testDescription: String { "format-\(format).ledger" }

  /// A row is added with every format, and never changed.
  static let all = [
    KeptLedger(
      format: 1, commits: 13, events: 14,
      headHash: "508d77af0197a88787324d60d2f8e88154920b96a2ee808638e10b7827e2a9d8",
      balances: ["acct-42": "2600.00", "acct-99": "480.50", "kasse": "0 closed"], snapshots: []),
    // Three of its events have version 1, and some of its snapshots were taken by commands.
    KeptLedger(
      format: 2, commits: 19, events: 21,
      headHash: "e1ac828eb8f0dbca07dcd1e583952b63562ddc644dffe8ee5fbb2d538a3a95f5",
      balances: [
        "acct-42": "2600.00", "acct-99": "480.50", "alt-1": "80.00", "kasse": "0 closed",
      ], snapshots: [2, 4, 6]),
    // One of its texts was erased, and its tree has a stored node.
    KeptLedger(
      format: 3, commits: 271, events: 273,
      headHash: "e99a3f0502ae78f35c30b2b215b003c86ea00c3ff7e83c5730625c0e2557e40d",
      balances: [
        "acct-42": "2600.00", "acct-99": "480.50", "alt-1": "80.00", "kasse": "0 closed",
        "tree-1": "250.00",
      ], snapshots: [2, 4, 6]),
    // With a reversal, a correction, closed periods, an alert rule, and deferred projections that were asked.
    KeptLedger(
      format: 4, commits: 283, events: 287,
      headHash: "b2a4bd8971a71240df622770e23966472133f8b5bcd615a20a56606c997a4db1",
      balances: [
        "acct-42": "2599.00", "acct-99": "480.50", "alt-1": "80.00", "kasse": "0 closed",
        "tree-1": "250.00",
      ], snapshots: [7, 9, 11]),
    // With two subscriptions, one of which has a dead letter for which others wait.
    KeptLedger(
      format: 5, commits: 295, events: 301,
      headHash: "a623a55c4e496e2aa7a704b0ccd9d3351b7776bd89223320c7847655837443fc",
      balances: [
        "acct-42": "2598.00", "acct-99": "480.50", "alt-1": "80.00", "kasse": "0 closed",
        "tree-1": "250.00",
      ], snapshots: [12, 14, 16]),
  ]

  /// `fixtures/ledgers`.
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("fixtures/ledgers")

  var original: URL { Self.folder.appendingPathComponent("format-\(format).ledger") }

  /// A copy in `folder`, and its path.
  func copy(to folder: TemporaryFolder) throws -> String {
    let path = folder.path("kept.ledger")
    try FileManager.default.copyItem(atPath: original.path, toPath: path)
    return path
  }

  /// Opens the ledger at `path`, at a time after its last commit; for writing, with projections of this
  /// version.
  static func open(
    _ path: String, _ access: EventStore.Access,
    onNotice: @escaping (StoreNotice) -> Void = { _ in }
  ) throws -> Ledger {
    var environment = Ledger.Environment(
      clockMicros: { Int64(1_900_000_000_000_000) },
      randomBytes: { [UInt8](repeating: 7, count: $0) })
    environment.onNotice = onNotice
    let ledger = try Ledger(path: path, options: .init(access: access), environment: environment)
    if access == .readWrite { try ledger.bringUpToDate() }
    return ledger
  }

  /// What stands in the log and must never change.
  static let logTables = [
    "store", "streams", "event_types", "actors", "commits", "recorded_events", "personal_texts",
  ]
}
