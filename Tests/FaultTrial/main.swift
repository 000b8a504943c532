import Foundation
import LedgerFaults

// Lets every file operation of everything that a ledger does fail, in every way: `make faults`.
// `fault-trial NAME …` tries only operations and faults of these names: `rebuild powerCut`.

let names = CommandLine.arguments.dropFirst()
let operations = named(FaultOperation.allCases)
let faults = named(Fault.allCases)
let known = Set(FaultOperation.allCases.map { "\($0)" } + Fault.allCases.map { "\($0)" })
if let name = names.first(where: { !known.contains($0) }) {
  say("fault-trial: there is nothing named \(name); there are \(known.sorted())")
  exit(64)
}
var (trials, findings) = (0, 0)
let begin = ContinuousClock.now

/// Those that were named; all if none was.
func named<Value>(_ all: [Value]) -> [Value] {
  let chosen = all.filter { names.contains("\($0)") }
  return chosen.isEmpty ? all : chosen
}

/// Prints a line at once, whoever reads along.
func say(_ line: String) {
  FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

func padded(_ text: String, _ width: Int) -> String {
  text.padding(toLength: width, withPad: " ", startingAt: 0)
}

say(padded("OPERATION", 18) + padded("FAULT", 14) + "TRIALS  REFUSED  ACKNOWLEDGED")
for operation in operations {
  let end = try FaultTrial.end(of: operation)
  for fault in faults {
    var counts: [FaultTrial.Outcome: Int] = [:]
    var number: Int64 = 1
    while counts[.unharmed] == nil {
      do {
        let outcome = try FaultTrial(operation, fault, end: end).run(failing: number)
        counts[outcome, default: 0] += 1
      } catch {
        findings += 1
        say("FAILED: \(operation), \(fault), file operation \(number): \(error)")
        guard findings < 20 else { exit(1) }
      }
      number += 1
    }
    trials += Int(number - 1)
    let figures = [Int(number - 1), counts[.refused] ?? 0, counts[.acknowledged] ?? 0]
    say(
      padded("\(operation)", 18) + padded("\(fault)", 14)
        + figures.map { padded("\($0)", 8) }.joined())
  }
}
let seconds = (ContinuousClock.now - begin).components.seconds
say("\(findings == 0 ? "OK" : "FAILED"): \(trials) trials, \(findings) findings, \(seconds) s")
exit(findings == 0 ? 0 : 1)
