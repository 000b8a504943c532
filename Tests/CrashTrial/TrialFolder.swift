import Foundation
import TestSupport

/// A folder with a ledger, `ledger.db`, in which the program runs.
final class TrialFolder {
  private let temporary: TemporaryFolder
  private let program: String
  private var runs = 0

  /// An empty folder; `program` is the path of the program.
  init(_ program: String) throws {
    temporary = try TemporaryFolder()
    self.program = program
    for name in ["work", "answers"] {
      try FileManager.default.createDirectory(
        atPath: temporary.path(name), withIntermediateDirectories: false)
    }
  }

  /// Where the ledger is.
  var path: String { temporary.path("work") }

  /// The path of a file beside the ledger.
  func path(_ name: String) -> String { "\(path)/\(name)" }

  /// The same ledger and what is beside it, in a folder of its own.
  func copy() throws -> TrialFolder {
    let copy = try TrialFolder(program)
    try copyFiles(to: copy.path)
    return copy
  }

  /// Copies what is here into the place `destination`, which is made anew.
  func copyFiles(to destination: String) throws {
    if FileManager.default.fileExists(atPath: destination) {
      try FileManager.default.removeItem(atPath: destination)
    }
    try FileManager.default.copyItem(atPath: path, toPath: destination)
  }

  /// Where the ledger stands as it was when the writers had just been killed.
  var evidence: String { temporary.path("evidence") }

  /// What a run of the program printed, and how it ended.
  struct Answer {
    let output: String
    let errors: String
    let ending: Child.Ending

    var hasSucceeded: Bool { ending == .exited(0) }

    /// The lines that were printed to their ends.
    var wholeLines: [String] {
      output.lastIndex(of: "\n").map {
        output[..<$0].split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      } ?? []
    }
  }

  /// A run of the program under way.
  struct Run {
    let child: Child
    fileprivate let name: String
  }

  func start(_ command: CrashCommand) throws -> Run {
    try start([program] + command.words, input: command.input)
  }

  private func start(_ words: [String], input: String? = nil) throws -> Run {
    runs += 1
    let name = temporary.path("answers/\(runs)")
    let child = try Child(
      words, in: path, input: input.map { path($0) } ?? "/dev/null", output: name,
      errors: name + "-errors")
    return Run(child: child, name: name)
  }

  func answer(of run: Run) throws -> Answer {
    let ending = run.child.ending()
    return Answer(
      output: String(decoding: try Data(contentsOf: URL(fileURLWithPath: run.name)), as: UTF8.self),
      errors: try String(contentsOfFile: run.name + "-errors", encoding: .utf8), ending: ending)
  }

  /// Runs the program to its end.
  func run(_ words: String...) throws -> Answer { try answer(of: start([program] + words)) }

  /// Runs a command to its end.
  func run(_ command: CrashCommand) throws -> Answer { try answer(of: start(command)) }

  /// Runs a shell script, in which `ledger` is the program, to its end. Throws if it fails.
  func prepare(_ script: String) throws {
    let answer = try answer(
      of: start([
        "/bin/sh", "-ec", "ledger() { \"$PROGRAM\" \"$@\"; }; PROGRAM='\(program)'; \(script)",
      ]))
    guard answer.hasSucceeded else { throw CrashFinding("can't prepare: \(answer.errors)") }
  }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: path(name), atomically: false, encoding: .utf8)
  }

  func read(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path(name)))
  }

  /// The names of everything beside the ledger and of itself.
  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path) }
}

/// A promise that was broken.
struct CrashFinding: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Throws what is wrong unless `condition` holds.
func require(_ condition: Bool, _ problem: @autoclosure () -> String) throws(CrashFinding) {
  if !condition { throw CrashFinding(problem()) }
}
