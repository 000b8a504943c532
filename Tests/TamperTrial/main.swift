import Foundation
import Tampering

// Tampers with a ledger in every way there is and asks `verify` each time: `make tampering`.
//
// The work is done by copies of this program, one a processor, so that one that crashes is noticed.

let arguments = CommandLine.arguments
if arguments.count == 5, let first = Int(arguments[3]), let step = Int(arguments[4]) {
  try Worker(folder: arguments[1], results: arguments[2]).run(from: first, step: step)
} else {
  guard arguments.count == 1 else {
    FileHandle.standardError.write(Data("tamper-trial: it takes no arguments\n".utf8))
    exit(64)
  }
  exit(try Overseer().run() ? 0 : 1)
}
