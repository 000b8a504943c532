import EventStore
import Foundation
import JSONText
import LedgerDomain
import LedgerImport
import LedgerKit
import TestSupport

/// A real ledger in a folder of its own, with two handles and a clock that the steps turn.
///
/// What it answers comes as lines, in the words of `ModelLedger`.
final class ModelSubject {
  private let folder: TemporaryFolder
  private let clock = Clock()
  private var copies = 0
  private(set) var path: String
  private(set) var handles: [Ledger] = []
  private var acceptsClockBehind = [false, false]
  /// The head of the hash chain after each position at which a commit ended.
  private var hashes: [Int64: String] = [:]

  /// What time and chance are, the same on every run.
  private final class Clock {
    var micros: Int64 = 0
    var random = SeededRandom(seed: 1)
  }

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("ledger.db")
    try Ledger.create(at: path, environment: environment)
    handles = [try open(0), try open(1)]
  }

  private var environment: Ledger.Environment {
    let clock = clock
    return Ledger.Environment(
      clockMicros: { clock.micros },
      randomBytes: { count in
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &clock.random) }
      })
  }

  private func open(_ handle: Int) throws -> Ledger {
    var options = Ledger.Options(access: .readWrite)
    options.acceptsClockBehind = acceptsClockBehind[handle]
    return try Ledger(path: path, options: options, environment: environment)
  }

  /// Turns the clock to where `step` says it stands.
  func turnClock(to step: ModelStep) { clock.micros = step.clockMicros }

  // MARK: Disturbances

  /// What must change no answer. Does nothing for any other action.
  func disturb(_ action: ModelAction, _ handle: Int) throws {
    let ledger = handles[handle]
    switch action {
    case .perform, .rehearse, .ask, .askEverything: return
    case .reopen(let accepts):
      acceptsClockBehind[handle] = accepts
      handles[handle] = try open(handle)
    case .takeSnapshotsEvery(let events):
      try ledger.changeSnapshotPolicy { policy in
        policy.isEnabled = events != nil
        policy.everyEvents = events ?? 100
      }
    case .takeSnapshots: _ = try ledger.takeSnapshots()
    case .pruneSnapshots(let keep): _ = try ledger.pruneSnapshots(keep: keep, takenBefore: nil)
    case .rebuild(let names): try ledger.rebuildProjections(names)
    case .catchUp: try ledger.catchUpProjections()
    case .moveToCopy:
      let old = path
      path = try copy(of: ledger)
      handles = [try open(0), try open(1)]
      remove(old)
    }
  }

  /// Exports `ledger` and loads it into a new one; returns the path of that.
  func copy(of ledger: Ledger) throws -> String {
    copies += 1
    let target = folder.path("copy-\(copies).db")
    try Ledger.create(at: target, environment: environment)
    var lines: [UInt8] = []
    try ledger.forEachStoredCommit { events in
      lines += JSONValue.object(try CommitLine.record(of: events, in: ledger.id)).compact
      lines.append(UInt8(ascii: "\n"))
    }
    guard !lines.isEmpty else { return target }
    let file = folder.path("export.ndjson")
    try Data(lines).write(to: URL(fileURLWithPath: file))
    let loaded = try Ledger(
      path: target, options: .init(access: .readWrite), environment: environment)
    _ = try EventsImport(path: file).run(on: loaded)
    return target
  }

  /// Removes a copy, and what stands beside it.
  func remove(_ path: String) {
    for name in [path, path + "-wal", path + "-shm"] {
      try? FileManager.default.removeItem(atPath: name)
    }
  }

  /// The ledger at `path`, for reading.
  func reader(at path: String) throws -> Ledger {
    try Ledger(path: path, options: .init(access: .readOnly), environment: environment)
  }

  // MARK: The end of the log

  /// Position, time and hash of the last commit, and whether that hash is the one that was in its receipt.
  func end(seenBy handle: Int) throws -> [String] {
    var query = EventQuery()
    (query.isReversed, query.limit, query.includesPersonalText) = (true, 1, false)
    var lines = ["position: 0"]
    try handles[handle].forEachEvent(query) { event in
      let header = event.commit.header
      let isKnown = hashes[header.lastPosition] == event.commit.hash.hex
      lines = [
        "position: \(event.position)", "recorded: \(ModelMoney.instant(header.recordedAtMicros))",
        isKnown ? "hash as in the receipt" : "another hash than in the receipt",
      ]
    }
    return lines
  }

  /// Keeps the hash of a receipt; false if the receipt of the same commit had another one.
  func keep(_ hash: Digest256, at position: Int64) -> Bool {
    let known = hashes[position] ?? hash.hex
    hashes[position] = known
    return known == hash.hex
  }
}
