import BenchSupport
import EventStore
import LedgerDomain
import LedgerKit

// Times questions about the past as whole processes, on a long ledger and on one of 1,000 events:
// `make bench`, or `time-bench LEDGER_PROGRAM FOLDER [EVENTS] [LATE_PERCENT]`. The ledgers are made in FOLDER
// and removed, unless there is a fifth word.

/// Every question by its name, and how often it is asked.
func questions(of ledger: TimeLedger) throws -> [(name: String, words: [String], runs: Int)] {
  let middle = ledger.instant(ledger.events / 2)
  let book = try Ledger.open(ledger.path, .readOnly)
  var query = EventQuery()
  (query.after, query.limit) = (Int64(ledger.events / 2), 1)
  var known = ""
  try book.forEachEvent(query) {
    known = "\(Instant(micros: $0.commit.header.recordedAtMicros))"
  }
  let version = try book.balance(of: AccountID("main")).version
  return [
    ("balance", ["balance", "main"], 31),
    ("balance-at, effective", ["balance-at", "main", "\(middle)"], 31),
    ("balance-at, recorded", ["balance-at", "main", "--known-at", known], 31),
    ("balance-at, both", ["balance-at", "main", "\(middle)", "--known-at", known], 31),
    ("balance-at, version", ["balance-at", "main", "--version", "\(version / 2)"], 31),
    ("withdraw, backdated", ["withdraw", "main", "0.01", "--effective", "\(middle)"], 31),
    ("accounts, both", ["accounts", "--at", "\(middle)", "--known-at", known, "-O", "csv"], 5),
    ("audit", ["audit", "-O", "ndjson"], 3),
  ]
}

let arguments = CommandLine.arguments
guard arguments.count >= 3 else { fatalError("time-bench LEDGER_PROGRAM FOLDER [EVENTS] [LATE]") }
let (program, folder) = (arguments[1], arguments[2])
let events = arguments.count > 3 ? Int(arguments[3]) ?? 1_000_000 : 1_000_000
let latePercent = arguments.count > 4 ? Int(arguments[4]) ?? 1 : 1

func make(_ name: String, events: Int, accounts: Int) throws -> TimeLedger {
  let path = "\(folder)/\(name)"
  removeStore(at: path)
  return try TimeLedger(
    at: path, events: events, accounts: accounts, latePercent: latePercent)
}

let start = ContinuousClock.now
let long = try make("time-bench-long.db", events: events, accounts: max(2, events / 100))
print(
  "\(events) events, \(latePercent) % late, made in "
    + "\(Int((ContinuousClock.now - start) / .seconds(1))) s")
let short = try make("time-bench-short.db", events: 1_000, accounts: 10)
print("question                 long, ms  short, ms  ratio")
for (question, other) in zip(try questions(of: long), try questions(of: short)) {
  var (longTimes, shortTimes): ([Double], [Double]) = ([], [])
  for _ in 0..<question.runs {
    longTimes.append(ProgramRun([program] + question.words + ["--db", long.path]).milliseconds)
    shortTimes.append(ProgramRun([program] + other.words + ["--db", short.path]).milliseconds)
  }
  let (one, two) = (longTimes.median, shortTimes.median)
  print(
    label(question.name, 24) + column(one.rounded(to: 100), 9) + column(two.rounded(to: 100), 11)
      + column((one / two).rounded(to: 100), 7))
}
if arguments.count < 6 { [long, short].forEach { removeStore(at: $0.path) } }
