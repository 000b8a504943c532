import LedgerBench

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Times the ledger against what it can't do without, and against others: `make bench`, or
// `benchmarks LEDGER_PROGRAM FOLDER [PROFILE …]`. EVENTS=N chooses how many events, where a profile has a
// size; usually a million, and at least 10,000.

let profiles: [any Profile.Type] = [
  StoreProfile.self, ProcessProfile.self, SingleProfile.self, BulkProfile.self, ImportProfile.self,
  ContentionProfile.self, ReplayProfile.self, TimeTravelProfile.self, RebuildProfile.self,
  VerifyProfile.self, AuditProfile.self, GrowthProfile.self,
]

let words = Array(CommandLine.arguments.dropFirst())
let names = words.dropFirst(2)
let chosen = names.isEmpty ? profiles : profiles.filter { names.contains($0.name) }
if words.first == "make-busy", words.count == 3, let events = Int(words[2]) {
  try BusyLedger(events: events).make(at: words[1])
} else if words.first == "write-transfers", words.count == 4, let seconds = Int(words[2]),
  let seed = Int(words[3])
{
  try ContentionTrial.writeTransfers(to: words[1], seconds: seconds, seed: seed)
} else if words.count >= 2, chosen.count >= names.count {
  let bench = Bench(
    program: words[0], folder: words[1], events: Environment.number("EVENTS") ?? 1_000_000)
  guard bench.events >= 10_000 else {
    print(
      "EVENTS is \(bench.events); the profiles ask what only a ledger of 10000 and more can answer")
    exit(64)
  }
  for profile in chosen {
    print("== \(profile.name): \(profile.summary)")
    try profile.init().run(bench)
    print()
  }
} else {
  print("benchmarks LEDGER_PROGRAM FOLDER [PROFILE …], the profiles being:")
  for profile in profiles { print("  " + label(profile.name, 14) + profile.summary) }
  exit(64)
}
