import EventStore
import Foundation
import JSONText
import Testing
import TestSupport

@testable import LedgerImport

@Suite("A file of checkpoints and receipts")
struct NotesFileTests {
  private static let hash = String(repeating: "ab", count: 32)
  private static let line =
    "ledger-checkpoint/1 id-1 5 \(hash) 4 \(hash) 2026-11-25T19:20:12.485813Z"
  private static let json = """
    {"ledgerId":"id-1","position":5,"headHash":"\(hash)","treeSize":4,"treeRoot":"\(hash)",\
    "createdAt":"2026-11-25T19:20:12.485813Z"}
    """
  private static let receipt =
    #"{"command":"deposit","ledgerId":"id-1","position":7,"headHash":"\#(hash)","accounts":[]}"#

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func notes(_ text: String) throws -> NotesFile {
    let path = folder.path("notes")
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try NotesFile(path: path)
  }

  private func problem(_ text: String) throws -> InputError {
    try #require(#expect(throws: InputError.self) { try notes(text) })
  }

  @Test("may hold lines, JSON on one line or on many, comments and empty lines")
  func kinds() throws {
    let pretty = Self.json.replacingOccurrences(of: ",", with: ",\n  ")
      .replacingOccurrences(of: "{", with: "{\n  ").replacingOccurrences(of: "}", with: "\n}")
    let text = """
      # kept by the treasurer
      \(Self.line)

      \(Self.json)
      \(pretty)
      \(Self.receipt)
      {"error":{"code":"insufficient_funds","message":"no"}}
      """
    let notes = try notes(text)
    #expect(notes.heads.map(\.position) == [5, 5, 5, 7])
    #expect(notes.heads.map { $0.tree?.size } == [4, 4, 4, nil])
    #expect(Set(notes.heads.map(\.storeID)) == ["id-1"])
    #expect(notes.errors == 1)
    #expect(notes.heads[2].source.hasSuffix("notes, line 5"))
    let path = folder.path("notes")
    #expect(try NotesFile.lastCheckpoint(in: path, of: "id-1").createdAtMicros > 0)
    #expect(throws: InputError.self) { try NotesFile.lastCheckpoint(in: path, of: "id-2") }
  }

  @Test("may be a dump of events that ends with a checkpoint")
  func dump() throws {
    let event = #"{"globalPosition":5,"streamId":"s","eventType":"MoneyDeposited","data":{}}"#
    let notes = try notes("\(event)\n\(event)\n{\"checkpoint\":\(Self.json)}\n")
    #expect(notes.heads.map(\.position) == [5])
    #expect(notes.heads[0].source.hasSuffix("notes, line 3"))
    #expect(try problem(event).problem.contains("neither a checkpoint nor a receipt"))
  }

  @Test("is written and read back the same, as a line and as JSON")
  func roundTrip() throws {
    _ = try notes(Self.line + "\n" + Self.json)
    let checkpoints = try NotesFile.checkpoints(in: folder.path("notes"))
    #expect(checkpoints.count == 2 && checkpoints[0] == checkpoints[1])
    #expect(CheckpointRecord.line(of: checkpoints[0]) == Self.line)
    let record = JSONValue.object(CheckpointRecord.record(of: checkpoints[1])).compact
    #expect(record == Array(Self.json.utf8))
  }

  @Test(
    "is refused at the line that is neither",
    arguments: [
      ("x", "neither a checkpoint nor a receipt"), (line.replacing("/1", with: "/2"), "its format"),
      (String(line.dropLast(30)), "words"), (line + " more", "words"),
      (line.replacing(" 5 ", with: " five "), "position"),
      (line.replacing(" 5 ", with: " 3 "), "fewer events"),
      (line.replacing(" 5 ", with: " 5  "), "words"),
      (line.replacing(" 4 ", with: " -4 "), "treeSize"),
      (line.replacing("abab", with: "ABAB"), "headHash"),
      (line.replacing(".485813Z", with: "Z"), "createdAt"), ("{", "no JSON"), ("{}", "neither"),
      (json.replacing("id-1\"", with: "id-1\",\"more\":1"), "unknown"),
      (receipt.replacing("\"accounts\"", with: "\"dryRun\":true,\"accounts\""), "dry run"),
      (receipt.replacing(hash, with: "ab"), "headHash"),
      (#"{"checkpoint":\#(json),"more":1}"#, "neither"), (#"{"checkpoint":{}}"#, "no member"),
      (#"{"globalPosition":5}"#, "neither"),
    ])
  func malformed(_ text: String, _ expected: String) throws {
    let error = try problem("\(Self.line)\n\(text)\n")
    #expect(error.line == 2)
    #expect(error.problem.contains(expected), "\(error.problem)")
  }

  @Test("is refused if it notes nothing", arguments: ["", "\n# nothing\n", #"{"error":{}}"#])
  func empty(_ text: String) throws {
    #expect(try problem(text).problem.contains("neither a checkpoint nor a receipt"))
  }

  @Test("gives no checkpoint if it has only receipts")
  func receiptsOnly() throws {
    _ = try notes(Self.receipt)
    #expect(throws: InputError.self) { try NotesFile.checkpoints(in: folder.path("notes")) }
  }
}
