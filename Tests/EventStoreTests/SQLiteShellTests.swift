import Foundation
import Testing

/// The `sqlite3` program on the PATH; nil if there is none.
private let shell: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "")
  .split(separator: ":").map { "\($0)/sqlite3" }
  .first { FileManager.default.isExecutableFile(atPath: $0) }

@Suite("The sqlite3 shell on a store", .enabled(if: shell != nil, "sqlite3 is not on the PATH"))
struct SQLiteShellTests {
  let file: TestStore

  init() throws {
    file = try TestStore()
    try file.open().append([.numbered(1), .numbered(2)], to: "a")
  }

  /// Runs `sql` in the shell; its status and everything it printed.
  private func run(_ sql: String) throws -> (status: Int32, output: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: try #require(shell))
    process.arguments = ["-init", "/dev/null", "-batch", file.path, sql]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }

  @Test(
    "it can't change the log",
    arguments: [
      "UPDATE recorded_events SET data = '{}'", "DELETE FROM recorded_events",
      "DELETE FROM commits", "REPLACE INTO recorded_events SELECT * FROM recorded_events",
      "PRAGMA recursive_triggers = ON; INSERT OR REPLACE INTO commits SELECT * FROM commits",
      "INSERT OR IGNORE INTO streams VALUES (9, 'x')",
    ])
  func refused(_ sql: String) throws {
    let before = try file.raw().contents(of: AppendingTests.tables)
    let (status, output) = try run(sql)
    #expect(status != 0)
    #expect(output.contains("is append-only"))
    #expect(try file.raw().contents(of: AppendingTests.tables) == before)
  }

  @Test("it reads the log as people would")
  func reads() throws {
    let (status, output) = try run(
      "SELECT global_position, stream_id, data->>'number', metadata->>'userId' FROM events")
    #expect(status == 0)
    #expect(output == "1|a|1|tester\n2|a|2|tester\n")
  }
}
