import Foundation
import Tampering

// Tampers with a ledger in every way there is and asks `verify` each time: `make tampering`.
// `tamper-trial TABLE …` tries only what is done to these tables.
//
// The work is done by copies of this program, one a processor, so that one that crashes is noticed.

var arguments = CommandLine.arguments.dropFirst()
if arguments.first == Worker.flag {
  arguments.removeFirst()
  try Worker(arguments).run()
} else {
  exit(try Overseer(tables: Array(arguments)).run() ? 0 : 1)
}
