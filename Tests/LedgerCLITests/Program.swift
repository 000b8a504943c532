import Foundation
import TestSupport

/// The built program and the folders that the tests need.
enum Program {
  /// The root of the package.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let fixtures = root.appendingPathComponent("fixtures")

  /// Real data that is not part of the project; tests skip where it is absent.
  static let realData = root.deletingLastPathComponent().appendingPathComponent("shared/data")

  static func hasRealData(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: realData.appendingPathComponent(name).path)
  }

  /// The folder with the `ledger` binary: where the tests themselves were built.
  static var folder: URL {
    let tests = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let isHere = FileManager.default.fileExists(
      atPath: tests.appendingPathComponent("ledger").path)
    return isHere ? tests : root.appendingPathComponent(".build/debug")
  }
}

/// An empty folder that goes away with the value.
final class Sandbox {
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  var folder: URL { temporary.url }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: path(name), atomically: false, encoding: .utf8)
  }

  /// What a command printed and how it ended.
  struct Outcome {
    let output: String
    let errors: String
    let status: Int32
  }

  /// Starts a shell command in the folder, with `ledger` on the PATH and nothing else of ours; its
  /// standard input is `input`, or empty.
  func start(
    _ command: String, mergingErrors: Bool = false, input: Pipe? = nil
  ) throws -> Running {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = folder
    process.environment = [
      "PATH": "\(Program.folder.path):/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C",
      "HOME": folder.path,
    ].merging(Sanitizer.settings) { ours, _ in ours }
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = mergingErrors ? output : errors
    process.standardInput = input ?? FileHandle.nullDevice
    try process.run()
    return Running(process: process, output: output, errors: mergingErrors ? nil : errors)
  }

  /// Runs a shell command to its end.
  @discardableResult
  func run(_ command: String, mergingErrors: Bool = false) throws -> Outcome {
    try start(command, mergingErrors: mergingErrors).outcome()
  }

  /// A command under way.
  struct Running {
    let process: Process
    let output: Pipe
    let errors: Pipe?

    /// Reads everything, then waits: the other way round, a full pipe would block both.
    func outcome() throws -> Outcome {
      var errorData = Data()
      let reading = DispatchGroup()
      if let errors {
        let box = ErrorBox()
        DispatchQueue.global().async(group: reading) {
          box.data = errors.fileHandleForReading.readDataToEndOfFile()
        }
        let outputData = output.fileHandleForReading.readDataToEndOfFile()
        reading.wait()
        errorData = box.data
        return finish(outputData, errorData)
      }
      return finish(output.fileHandleForReading.readDataToEndOfFile(), errorData)
    }

    private func finish(_ output: Data, _ errors: Data) -> Outcome {
      process.waitUntilExit()
      return Outcome(
        output: String(decoding: output, as: UTF8.self),
        errors: String(decoding: errors, as: UTF8.self), status: process.terminationStatus)
    }
  }

  /// Written by one thread before the other reads it.
  private final class ErrorBox: @unchecked Sendable {
    var data = Data()
  }
}
