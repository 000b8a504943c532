import EventStore
import Foundation
import JSONText
import LedgerKit
import Testing
import TestSupport

@testable import LedgerImport

/// `fixtures/vectors/proofs`: proofs as they were written when their format was fixed, for checkpoints of
/// `fixtures/ledgers/format-3.ledger`. They never change.
@Suite("Proofs that were made long ago")
struct FrozenProofTests {
  static let events: [Int64] = [1, 9, 22, 273]
  private static let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("fixtures")

  private func path(_ name: String) -> String {
    Self.fixtures.appendingPathComponent("vectors/proofs/\(name)").path
  }

  private func checkpoints() throws -> [Checkpoint] {
    try NotesFile.checkpoints(in: path("checkpoints.txt"))
  }

  /// The ledger of which they speak, in a folder where it can be opened.
  private func ledger(in folder: TemporaryFolder) throws -> Ledger {
    let copy = folder.path("kept.ledger")
    let original = Self.fixtures.appendingPathComponent("ledgers/format-3.ledger").path
    try FileManager.default.copyItem(atPath: original, toPath: copy)
    let environment = Ledger.Environment(
      clockMicros: { 0 }, randomBytes: { Array(repeating: 0, count: $0) })
    let ledger = try Ledger(
      path: copy, options: .init(access: .readWrite), environment: environment)
    try ledger.bringUpToDate()
    return ledger
  }

  @Test("are there for a version 1 event, a transfer with a reason, an erased text and an erasure")
  func complete() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: path(""))
    let expected = Self.events.map { "event-\($0).json" } + ["checkpoints.txt", "consistency.json"]
    #expect(Set(names) == Set(expected))
    #expect(try checkpoints().count == 2)
  }

  @Test("of an event still prove it, and are made again byte for byte", arguments: events)
  func inclusion(_ position: Int64) throws {
    let checkpoints = try checkpoints()
    let file = path("event-\(position).json")
    let proof = try ProofRecord(path: file)
    #expect(throws: Never.self) { try proof.check(against: checkpoints) }
    #expect(throws: ProofError.self) { try proof.check(against: [checkpoints[0]]) }
    let folder = try TemporaryFolder()
    let ledger = try ledger(in: folder)
    let again = ProofRecord.inclusion(
      try ledger.proveInclusion(of: position, in: checkpoints[1]))
    let bytes = JSONValue.object(try again.record()).pretty + [UInt8(ascii: "\n")]
    #expect(bytes == FileManager.default.contents(atPath: file).map(Array.init))
  }

  @Test("of consistency still prove it, and are made again byte for byte")
  func consistency() throws {
    let checkpoints = try checkpoints()
    let file = path("consistency.json")
    let proof = try ProofRecord(path: file)
    for checkpoint in checkpoints {
      #expect(throws: Never.self) { try proof.check(against: [checkpoint]) }
    }
    let folder = try TemporaryFolder()
    let again = ProofRecord.consistency(
      try ledger(in: folder).proveConsistency(from: checkpoints[0], to: checkpoints[1]))
    let bytes = JSONValue.object(try again.record()).pretty + [UInt8(ascii: "\n")]
    #expect(bytes == FileManager.default.contents(atPath: file).map(Array.init))
  }

  @Test("are of a ledger that still holds all that was noted")
  func against() throws {
    let folder = try TemporaryFolder()
    let notes = try NotesFile(path: path("checkpoints.txt"))
    #expect(try ledger(in: folder).verify(against: notes.heads).events == 273)
  }
}
