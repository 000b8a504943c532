import Foundation
import SQLite
import TestSupport
import Testing

@testable import EventStore

/// A process that appends until it dies.
struct DoomedWriter: Codable, Sendable {
  let path: String
  /// The file to which it prints a line for each receipt.
  let receipts: String
  let lifeMicros: UInt32

  /// Never returns.
  func run() throws {
    let lifeMicros = lifeMicros
    Thread.detachNewThread {
      usleep(lifeMicros)
      kill(getpid(), SIGKILL)
    }
    var configuration = TestStore.configuration(clockMicros: 1_700_000_000_000_000)
    configuration.projections = [Tally.self]
    let store = try EventStore(path: path, access: .readWrite, configuration: configuration)
    try store.database.execute("PRAGMA wal_autocheckpoint = 40")
    let output = try #require(FileHandle(forWritingAtPath: receipts))
    try output.seekToEnd()
    while true {
      for event in try store.append([.numbered(1), .numbered(2)], to: "a").suffix(1) {
        try output.write(contentsOf: Data("\(event.position) \(event.commit.hash.hex)\n".utf8))
      }
    }
  }
}

@Suite("A writer that is killed")
struct KilledWriterTests {
  @Test(
    "killed through 1,000 appends: every receipt is there, and one commit more at most",
    .timeLimit(.minutes(5)))
  func killed() async throws {
    let file = try TestStore(projections: [Tally.self])
    let receipts = file.folder.path("receipts")
    try Data().write(to: URL(fileURLWithPath: receipts))
    var random = SeededRandom(seed: 5)
    var (commits, printed): (Int64, Int) = (0, 0)
    var lines: [Substring] = []
    while commits < 1_000 {
      let writer = DoomedWriter(
        path: file.path, receipts: receipts,
        lifeMicros: .random(in: 2_000...60_000, using: &random) * Sanitizer.slowdown)
      await #expect(processExitsWith: .signal(SIGKILL)) { [writer = writer as DoomedWriter] in
        try writer.run()
      }
      lines = try String(contentsOfFile: receipts, encoding: .utf8).split(separator: "\n")
      let found = try file.verify()
      #expect(found.events == 2 * found.commits)
      #expect((0...1).contains(Int(found.commits - commits) - (lines.count - printed)))
      (commits, printed) = (found.commits, lines.count)
    }
    let recorded = try file.open(.readOnly).events().map { "\($0.position) \($0.commit.hash.hex)" }
    #expect(lines.count > 500, "a kill loses a receipt at most, and there are many")
    #expect(Set(lines.map(String.init)).isSubset(of: recorded))
  }
}
