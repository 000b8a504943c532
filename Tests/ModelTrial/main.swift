import Foundation
import Model

// Compares a ledger with a naive one through long random sequences of commands: `make model`.
//
//     model-trial [--sequences 50] [--commands 2000] [--every 250] [--first-seed 1] [--long 20000]
//     model-trial --replay FILE
//
// A failure prints its seed and a short sequence of steps that fails in the same way, which `--replay`
// takes again. Should the ledger crash, the steps of the sequence that was on its way stand in a file.

do {
  let arguments = try TrialArguments(CommandLine.arguments.dropFirst())
  if let file = arguments.replayedFile {
    exit(try Replaying(file: file).run() ? 0 : 1)
  }
  exit(try await Sequences(arguments).run() ? 0 : 1)
} catch {
  FileHandle.standardError.write(Data("model-trial: \(error)\n".utf8))
  exit(64)
}
