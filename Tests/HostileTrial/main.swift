import Foundation
import Hostile

// Hands every hostile file to a ledger and asks it everything: `make hostile`.
// `hostile-trial WORDS` tries only the files whose description has these words in it.
//
// The work is done by copies of this program, one a processor, so that one that crashes, or never comes
// back, is noticed.

var arguments = CommandLine.arguments.dropFirst()
if arguments.first == Worker.flag {
  arguments.removeFirst()
  try Worker(Array(arguments)).run()
} else {
  exit(try Overseer(words: arguments.joined(separator: " ")).run() ? 0 : 1)
}
