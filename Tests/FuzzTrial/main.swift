import Foundation
import Fuzzing

// Tries inputs that are made by lot out of the kept ones, on every target or on those that are named:
//
//     fuzz-trial SECONDS SEED [TARGET …]
//
// Each target is tried in a process of its own, so that one that crashes is noticed; what it crashed at is
// left in `fuzz-crash-TARGET`. This runs everywhere; `make fuzz` also runs libFuzzer where there is one.

let words = Array(CommandLine.arguments.dropFirst())
if words.first == Worker.flag, words.count == 4 {
  try Worker(target: words[1], seed: words[2], seconds: words[3]).run()
} else {
  guard words.count >= 2, let seconds = Int(words[0]), let seed = UInt64(words[1]) else {
    print("usage: fuzz-trial SECONDS SEED [TARGET …]")
    exit(64)
  }
  let names = words.count > 2 ? Array(words[2...]) : FuzzTarget.all.map(\.name)
  exit(try Overseer(names: names, seed: seed, seconds: seconds).run() ? 0 : 1)
}
