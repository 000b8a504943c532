import Foundation
import Testing

/// Runs the transcripts in `fixtures/transcripts`, and the README, as a user would type them.
///
/// In a block marked `console`, each `$` line is given to a shell; what follows must be its output,
/// standard error included. `…` stands for anything, and `[65]` at the end for the exit status. A block
/// marked `console needs ssh-keygen` is left out where that program is not installed.
@Suite("Transcripts")
struct TranscriptTests {
  private static let articles = [
    "AddingAProjection", "Consistency", "IntegrationEvents", "Subscriptions", "TimeTravel",
  ]

  static let files: [String] = {
    let folder = Program.fixtures.appendingPathComponent("transcripts")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".md") }.sorted().map { "fixtures/transcripts/\($0)" }
      + ["README.md"]
      + articles.map { "Sources/LedgerKit/LedgerKit.docc/\($0).md" }
  }()

  @Test("every command of a transcript prints what the transcript says", arguments: files)
  func holds(_ file: String) throws {
    let sandbox = try Sandbox()
    try FileManager.default.createSymbolicLink(
      atPath: sandbox.path("fixtures"), withDestinationPath: Program.fixtures.path)
    let text = try String(
      contentsOf: Program.root.appendingPathComponent(file), encoding: .utf8)
    let steps = Transcript.steps(of: text)
    #expect(!steps.isEmpty, "\(file) has no commands")
    for step in steps {
      let outcome = try sandbox.run(step.command, mergingErrors: true)
      let lines = Transcript.lines(of: outcome.output, status: outcome.status)
      #expect(
        Transcript.matches(lines, step.expected),
        """
        \(file):\(step.line): \(step.command)
        expected:
        \(step.expected.joined(separator: "\n"))
        printed:
        \(lines.joined(separator: "\n"))
        """)
    }
  }

  @Test("there are transcripts")
  func exist() {
    #expect(Self.files.count > 5)
  }

  @Test("the matcher tells lines that differ from lines that don't")
  func matcher() {
    #expect(Transcript.matches(["a 12 b"], ["a … b"]))
    #expect(Transcript.matches(["x", "y", "z"], ["…", "z"]))
    #expect(!Transcript.matches(["a 12 c"], ["a … b"]))
    #expect(!Transcript.matches(["a", "b"], ["a"]))
    #expect(!Transcript.matches([], ["a"]))
  }
}

/// Reading and comparing transcripts.
enum Transcript {
  struct Step {
    let line: Int
    let command: String
    var expected: [String] = []
  }

  static func steps(of text: String) -> [Step] {
    var steps: [Step] = []
    var isConsole = false
    for (index, line) in text.components(separatedBy: "\n").enumerated() {
      if line.hasPrefix("```") {
        isConsole = isRunnable(line)
      } else if isConsole, line.hasPrefix("$ ") {
        steps.append(Step(line: index + 1, command: String(line.dropFirst(2))))
      } else if isConsole, !steps.isEmpty {
        steps[steps.count - 1].expected.append(line)
      }
    }
    return steps
  }

  private static func isRunnable(_ fence: String) -> Bool {
    guard fence.hasPrefix("```console") else { return false }
    let tools = fence.dropFirst("```console needs ".count).split(separator: " ")
    return tools.allSatisfy { tool in
      ["/usr/local/bin", "/usr/bin", "/bin"].contains {
        FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)")
      }
    }
  }

  static func lines(of output: String, status: Int32) -> [String] {
    var lines = output.components(separatedBy: "\n")
    if lines.last == "" { lines.removeLast() }
    return status == 0 ? lines : lines + ["[\(status)]"]
  }

  /// Whether the lines are as expected; a line that is only `…` stands for any number of them.
  static func matches(_ lines: [String], _ expected: [String]) -> Bool {
    guard let first = expected.first else { return lines.isEmpty }
    if first == "…" {
      return (0...lines.count).contains {
        matches(Array(lines.dropFirst($0)), Array(expected.dropFirst()))
      }
    }
    guard let line = lines.first, isMatch(line, first) else { return false }
    return matches(Array(lines.dropFirst()), Array(expected.dropFirst()))
  }

  private static func isMatch(_ line: String, _ pattern: String) -> Bool {
    let parts = pattern.components(separatedBy: "…")
    guard parts.count > 1 else { return line == pattern }
    guard line.hasPrefix(parts[0]) else { return false }
    var rest = line.dropFirst(parts[0].count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let range = rest.range(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return rest.hasSuffix(parts[parts.count - 1])
  }
}
