import Foundation
import Testing

/// Many processes that want the same file at once.
@Suite("Contention")
struct ContentionTests {
  let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  @Test("8 processes with 200 commands each: what was acknowledged is there once, all else refused")
  func hammer() throws {
    try sandbox.makeLedger()
    // Deposits, transfers and withdrawals, of which some find nothing to withdraw.
    let script = """
      i=0
      while [ $i -lt 200 ]; do
        case $((i % 4)) in
          0|1) command="deposit a 2";;
          2) command="transfer a b 1";;
          3) command="withdraw b 2";;
        esac
        ledger $command --idempotency-key $0-$i --format ndjson --busy-timeout 120 >>$0.out 2>>$0.err
        i=$((i + 1))
      done
      """
    try sandbox.write(script, to: "hammer.sh")
    let workers = (1...8).map { "w\($0)" }
    let running = try workers.map { try sandbox.start("sh -c \"$(cat hammer.sh)\" \($0)") }
    for worker in running { _ = try worker.outcome() }

    let receipts = try workers.flatMap { try Sandbox.objects(in: try sandbox.read("\($0).out")) }
    let refusals = try workers.flatMap { try Sandbox.objects(in: try sandbox.read("\($0).err")) }
    #expect(receipts.count + refusals.count == 1_600)
    let codes = refusals.compactMap { ($0["error"] as? [String: Any])?["code"] as? String }
    #expect(codes.count == refusals.count)
    #expect(Set(codes).isSubset(of: ["insufficient_funds"]))

    let events = try sandbox.objects("ledger events --format ndjson")
    #expect(events.compactMap { $0["globalPosition"] as? Int } == Array(1...events.count))
    let recorded = Dictionary(grouping: events) { event in
      (event["metadata"] as? [String: Any])?["idempotencyKey"] as? String
    }
    #expect(recorded.count == receipts.count + 1)
    for receipt in receipts {
      let key = try #require(receipt["idempotencyKey"] as? String)
      let isTransfer = receipt["command"] as? String == "transfer"
      #expect(recorded[key]?.count == (isTransfer ? 2 : 1), "\(key)")
      #expect(recorded[key]?.last?["globalPosition"] as? Int == receipt["position"] as? Int)
    }
    #expect(try sandbox.run("ledger verify").status == 0)
  }

  @Test("of 4 processes that expect one version, one writes and the others learn the new one")
  func sameExpectedVersion() throws {
    try sandbox.makeLedger()
    let running = try (0..<4).map { _ in
      try sandbox.start(
        "ledger deposit a 1 --expected-version 0 --format ndjson --busy-timeout 60")
    }
    let outcomes = try running.map { try $0.outcome() }
    #expect(outcomes.map(\.status).sorted() == [0, 1, 1, 1])
    for outcome in outcomes where outcome.status == 1 {
      let error = try Sandbox.objects(in: outcome.errors).first?["error"] as? [String: Any]
      #expect(error?["code"] as? String == "version_conflict")
      #expect(error?["actualVersion"] as? Int == 1)
    }
    #expect(try sandbox.run("ledger balance a").output == "a  1.00 USD\n")
    #expect(try sandbox.run("ledger verify").output.hasPrefix("OK: 3 commits, 3 events"))
  }

  @Test("100 processes with one key: one booking, 99 replays, the same receipt for all")
  func sameKey() throws {
    try sandbox.makeLedger()
    let running = try (0..<100).map { _ in
      try sandbox.start(
        "ledger deposit a 5 --idempotency-key k --format ndjson --busy-timeout 120")
    }
    let outcomes = try running.map { try $0.outcome() }
    #expect(outcomes.allSatisfy { $0.status == 0 && $0.errors.isEmpty })
    let replays = outcomes.count { $0.output.contains(#""replayed":true"#) }
    #expect(replays == 99)
    let receipts = outcomes.map {
      $0.output.replacingOccurrences(of: #""replayed":true"#, with: #""replayed":false"#)
    }
    #expect(Set(receipts).count == 1)
    #expect(try sandbox.run("ledger verify").output.hasPrefix("OK: 3 commits, 3 events"))
  }

  @Test("10 processes import 100 files of 100 rows while 2 readers poll: 10,000 rows, no error")
  func imports() throws {
    try sandbox.makeLedger()
    try sandbox.write("what\n" + String(repeating: "1.00\n", count: 100), to: "rows.csv")
    let script = """
      for i in 1 2 3 4 5 6 7 8 9 10; do
        ledger import csv rows.csv --source $0-$i --account a --amount-column what \
          --busy-timeout 120 || exit 9
      done
      """
    try sandbox.write(script, to: "imports.sh")
    let writers = try (0..<10).map { try sandbox.start("sh -c \"$(cat imports.sh)\" w\($0)") }
    let poll = """
      last=0
      while [ ! -e done ]; do
        next=$(ledger balance a --format ndjson | sed 's/.*"version":\\([0-9]*\\).*/\\1/') || exit 9
        [ "$next" -ge "$last" ] || exit 8
        last=$next
      done
      """
    try sandbox.write(poll, to: "poll.sh")
    let readers = try (0..<2).map { _ in try sandbox.start("sh poll.sh") }
    let outcomes = try writers.map { try $0.outcome() }
    try sandbox.write("", to: "done")
    #expect(outcomes.allSatisfy { $0.status == 0 && $0.errors.isEmpty })
    #expect(try readers.map { try $0.outcome() }.allSatisfy { $0.status == 0 && $0.errors.isEmpty })
    #expect(try sandbox.run("ledger balance a").output == "a  10000.00 USD\n")
    #expect(try sandbox.run("ledger verify").output.hasPrefix("OK: 10002 commits, 10002 events"))
    let times = try sandbox.objects("ledger events --format ndjson").compactMap {
      $0["createdAt"] as? String
    }
    #expect(times.count == 10_002)
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test("a reader that polls sees every event once and in order, while 8 processes write")
  func polling() throws {
    try sandbox.makeLedger()
    let script = "for i in $(seq 25); do ledger transfer a b 1 --busy-timeout 120 || exit 9; done"
    try sandbox.run("ledger deposit a 1000")
    let writers = try (0..<8).map { _ in try sandbox.start(script) }
    var seen: [Int] = []
    var isOver = false
    while true {
      let fresh = try sandbox.positions(after: seen.last ?? 0)
      seen += fresh
      if isOver, fresh.isEmpty { break }
      isOver = !writers.contains { $0.process.isRunning }
    }
    #expect(try writers.map { try $0.outcome() }.allSatisfy { $0.status == 0 })
    #expect(seen == Array(1...403))
  }

  @Test("of 8 processes that reverse the same booking, one does, and the others learn which")
  func reversal() throws {
    try sandbox.makeLedger(deposits: 8)
    let racers = try (0..<8).map { _ in
      try sandbox.start("ledger reverse 5 --busy-timeout 120 --format ndjson")
    }
    let outcomes = try racers.map { try $0.outcome() }
    #expect(outcomes.filter { $0.status == 0 }.count == 1)
    let refused = outcomes.filter { $0.status == 1 }
    #expect(refused.count == 7)
    #expect(
      refused.allSatisfy {
        $0.errors.contains(#""code":"already_reversed""#) && $0.errors.contains(#""reversedBy":11"#)
      })
    #expect(try sandbox.run("ledger balance a").output == "a  7.00 USD\n")
    #expect(try sandbox.run("ledger verify").output.hasPrefix("OK: 11 commits, 11 events"))
  }

  @Test("a slow reader and a slow writer make others wait, and never show SQLite's own words")
  func patience() throws {
    try sandbox.makeLedger(deposits: 1_000)
    // The reader's output fills the pipe, and it waits in its transaction.
    let reader = try sandbox.start(
      "ledger audit --format ndjson | (read line; sleep 2; cat) | wc -l")
    let rules = "--source t --account a --amount-column what"
    let writer = try sandbox.start(
      "(printf 'what\\n1.00\\n'; sleep 1) | ledger import csv - \(rules)")
    Thread.sleep(forTimeInterval: 0.3)
    let outcome = try sandbox.run("ledger deposit a 5 --busy-timeout 30")
    #expect(outcome.status == 0)
    let others = [try reader.outcome(), try writer.outcome()]
    #expect(others.allSatisfy { $0.status == 0 })
    for text in [outcome.errors] + others.map(\.errors) { #expect(text.isEmpty) }
    #expect(others[0].output.contains("1001"))
    #expect(try sandbox.run("ledger balance a").output == "a  1006.00 USD\n")
  }

  @Test("killed after its commit and before its answer, a command replays under its key")
  func killedBeforeAnswer() throws {
    try sandbox.makeLedger()
    // Nobody reads the pipe, and it is full: the victim waits with its receipt in its hands.
    let script = """
      mkfifo pipe; sleep 60 <pipe & echo $! >sleeper
      exec 3>pipe; head -c 65536 /dev/zero >&3
      ledger deposit a 5 --idempotency-key k --format ndjson >&3 & echo $! >victim
      i=0; until ledger balance a | grep -q '5.00'; do
        i=$((i + 1)); [ $i -lt 500 ] || exit 9
      done
      kill -0 $(cat victim) || exit 8
      kill -9 $(cat victim); kill $(cat sleeper)
      """
    #expect(try sandbox.run(script).status == 0)
    let receipt = try sandbox.objects(
      "ledger deposit a 5 --idempotency-key k --format ndjson"
    ).first
    #expect(receipt?["replayed"] as? Bool == true)
    #expect(receipt?["position"] as? Int == 3)
    #expect(try sandbox.run("ledger verify").output.hasPrefix("OK: 3 commits, 3 events"))
  }
}
