import Foundation
import Testing
import TestSupport

/// `import commands` among other processes.
@Suite("Import of commands")
struct ImportCommandsTests {
  private static func deposit(_ key: String) -> String {
    #"{"command":"deposit","account":"a","amount":"1","idempotencyKey":"\#(key)"}"#
  }

  /// The keys of the receipts in `text`.
  private static func keys(_ text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      line.components(separatedBy: #""idempotencyKey":""#).dropFirst().first
        .flatMap { $0.split(separator: "\"").first }.map { String($0) }
    }
  }

  private static func sandbox() throws -> Sandbox {
    let sandbox = try Sandbox()
    try sandbox.run("ledger init; ledger open a --currency USD")
    return sandbox
  }

  @Test("a program writes a line, reads its answer, and goes on", .timeLimit(.minutes(1)))
  func conversation() throws {
    let sandbox = try Self.sandbox()
    let input = Pipe()
    let running = try sandbox.start("exec ledger import commands -", input: input)
    let answers = LineReader(running.output.fileHandleForReading)
    for number in 1...20 {
      let line = number == 7 ? "what?" : Self.deposit("k\(number)")
      input.fileHandleForWriting.write(Data((line + "\n").utf8))
      let answer = answers.next()
      #expect(answer.contains(number == 7 ? #""line":7"# : #""idempotencyKey":"k\#(number)""#))
      // Whoever has the answer finds what it says in the ledger.
      if number.isMultiple(of: 5) {
        let balance = number < 7 ? number : number - 1
        #expect(try sandbox.run("ledger balance a").output == "a  \(balance).00 USD\n")
      }
    }
    try input.fileHandleForWriting.close()
    #expect(answers.next() == "")
    running.process.waitUntilExit()
    #expect(running.process.terminationStatus == 65)
  }

  @Test("other programs write while an import waits for its next line", .timeLimit(.minutes(1)))
  func letsOthersWrite() throws {
    let sandbox = try Self.sandbox()
    let input = Pipe()
    let running = try sandbox.start("exec ledger import commands -", input: input)
    let answers = LineReader(running.output.fileHandleForReading)
    for number in 1...3 {
      input.fileHandleForWriting.write(Data((Self.deposit("\(number)") + "\n{").utf8))
      #expect(answers.next().contains(#""version":\#(2 * number - 1),"#))
      #expect(try sandbox.run("ledger deposit a 1 --busy-timeout 0").status == 0)
      // The half line becomes a malformed one.
      input.fileHandleForWriting.write(Data("\n".utf8))
      #expect(answers.next().contains(#""error""#))
    }
    try input.fileHandleForWriting.close()
    running.process.waitUntilExit()
    #expect(try sandbox.run("ledger balance a").output == "a  6.00 USD\n")
  }

  @Test("what a killed import answered is in the ledger, and importing again books the rest once")
  func killed() throws {
    let sandbox = try Self.sandbox()
    let count = 8_000
    let lines = (1...count).map { Self.deposit("k\($0)") }.joined(separator: "\n")
    try sandbox.write(lines, to: "many.ndjson")
    let victim = try sandbox.start("exec ledger import commands many.ndjson")
    let output = victim.output.fileHandleForReading
    var answered = output.readData(ofLength: 1_000_000)
    kill(victim.process.processIdentifier, SIGKILL)
    answered += output.readDataToEndOfFile()
    victim.process.waitUntilExit()
    #expect(victim.process.terminationReason == .uncaughtSignal)

    // The last line may have been cut off in the middle.
    let whole = String(decoding: answered, as: UTF8.self).components(separatedBy: "\n").dropLast()
    let acknowledged = Self.keys(whole.joined(separator: "\n"))
    #expect(acknowledged.count == whole.count)
    #expect(acknowledged.count > 1_000)
    #expect(acknowledged.count < count)
    let recorded = Set(Self.keys(try sandbox.run("ledger audit a --format ndjson").output))
    #expect(recorded.isSuperset(of: acknowledged))
    #expect(recorded.count < count)

    let again = try sandbox.run("ledger import commands many.ndjson")
    #expect(again.status == 0)
    #expect(Self.keys(again.output).count == count)
    #expect(again.output.components(separatedBy: #""replayed":true"#).count == recorded.count + 1)
    #expect(try sandbox.run("ledger balance a").output == "a  \(count).00 USD\n")
    #expect(try sandbox.run("ledger verify").status == 0)
  }

  @Test(
    "eight imports into one file: every acknowledged command is there once, positions are dense",
    arguments: [
      "ledger import commands FILE --busy-timeout 60",
      // A few lines at a time: many small transactions that take turns.
      "(while read -r line; do echo \"$line\"; done < FILE) "
        + "| ledger import commands - --busy-timeout 60",
    ])
  func manyWriters(_ command: String) throws {
    let sandbox = try Self.sandbox()
    let writers = try (0..<8).map { writer in
      let lines = (1...200).map { Self.deposit("\(writer)-\($0)") + "\n" }.joined()
      try sandbox.write(lines, to: "\(writer).ndjson")
      return try sandbox.start(command.replacingOccurrences(of: "FILE", with: "\(writer).ndjson"))
    }
    let outcomes = try writers.map { try $0.outcome() }
    #expect(outcomes.allSatisfy { $0.status == 0 }, "\(outcomes.map(\.errors))")
    let acknowledged = outcomes.flatMap { Self.keys($0.output) }
    #expect(Set(acknowledged).count == 1_600)
    let recorded = Self.keys(try sandbox.run("ledger audit a --format ndjson").output)
    #expect(recorded.count == 1_600)
    #expect(Set(recorded) == Set(acknowledged))
    #expect(try sandbox.run("ledger balance a").output == "a  1600.00 USD\n")
    #expect(try sandbox.run("ledger verify").output.hasPrefix("OK: 1601 commits, 1601 events"))
  }

  @Test("a ledger that is busy for too long ends the import: what was answered stands")
  func busy() throws {
    let sandbox = try Self.sandbox()
    let input = Pipe()
    let running = try sandbox.start(
      "exec ledger import commands - -o answers.ndjson --busy-timeout 0.2", input: input)
    input.fileHandleForWriting.write(Data((Self.deposit("1") + "\n").utf8))
    try waitUntil { try sandbox.run("ledger balance a").output == "a  1.00 USD\n" }
    let blocking = Pipe()
    let blocker = try sandbox.start("exec ledger import commands - --atomic", input: blocking)
    blocking.fileHandleForWriting.write(Data((Self.deposit("2") + "\n").utf8))
    try waitUntil { try sandbox.run("ledger deposit a 1 --busy-timeout 0").status == 75 }
    input.fileHandleForWriting.write(Data((Self.deposit("3") + "\n").utf8))
    let outcome = try running.outcome()
    #expect(outcome.status == 75)
    #expect(outcome.errors.hasPrefix("ledger: busy: standard input, after line 1: another program"))
    #expect(Self.keys(try sandbox.run("cat answers.ndjson").output) == ["1"])
    try blocking.fileHandleForWriting.close()
    #expect(try blocker.outcome().status == 0)
    try input.fileHandleForWriting.close()
  }

  private func waitUntil(_ condition: () throws -> Bool) throws {
    for _ in 0..<200 {
      if try condition() { return }
      Thread.sleep(forTimeInterval: 0.05)
    }
    Issue.record("what was waited for didn't happen")
  }
}

/// Reads a pipe line by line, waiting for each.
private final class LineReader {
  private let handle: FileHandle
  private var buffer: [UInt8] = []

  init(_ handle: FileHandle) { self.handle = handle }

  /// Without its line end; empty at the end of the pipe.
  func next() -> String {
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        defer { buffer.removeSubrange(...end) }
        return String(decoding: buffer[..<end], as: UTF8.self)
      }
      let data = handle.availableData
      guard !data.isEmpty else { return "" }
      buffer += data
    }
  }
}
