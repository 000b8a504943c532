import Foundation

// Kills the program with SIGKILL at random instants of everything that writes, and looks at what is
// left: `make crashes`.
//
//   crash-trial LEDGER [--rounds N] [--seed S] [--from ROUND] [--rows N] [--only NAME]
//     [--operations N]
//
// LEDGER is the path of the program. A round that fails is repeated by its seed and number; where the
// kill falls then, the machine has a say in.

/// The value of an option, or `standard`.
func option(_ name: String, _ standard: String? = nil) -> String? {
  let words = CommandLine.arguments
  guard let index = words.firstIndex(of: "--\(name)"), index + 1 < words.count else {
    return standard
  }
  return words[index + 1]
}

/// The number that an option gives, or `standard`.
func number(_ name: String, _ standard: Int) throws -> Int {
  guard let text = option(name) else { return standard }
  guard let number = Int(text), number >= 0 else { throw CrashFinding("--\(name) takes a number") }
  return number
}

do {
  guard CommandLine.arguments.count > 1 else { throw CrashFinding("name the program") }
  let (rounds, first) = (try number("rounds", 1_000), try number("from", 0))
  let seed = UInt64(try number("seed", 1))
  let program = URL(fileURLWithPath: CommandLine.arguments[1]).path
  let trial = try CrashTrial(
    program: program, rows: try number("rows", 2_000), only: option("only"),
    first: try number("operations", .max))
  let begin = ContinuousClock.now
  for round in first..<(first + rounds) { try trial.run(round: round, seed: seed) }
  print(trial.table)
  let seconds = (ContinuousClock.now - begin).components.seconds
  print("OK: \(rounds) rounds with seed \(seed), \(seconds) s")
} catch {
  print(error)
  exit(1)
}
