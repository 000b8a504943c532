import Foundation
import TestSupport
import Testing

@Suite("Following the log")
struct FollowTests {
  let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    try sandbox.makeLedger(deposits: 20)
  }

  /// Waits until `condition` holds, half a minute at most.
  private func wait(until condition: () throws -> Bool) throws {
    for _ in 0..<3_000 {
      if try condition() { return }
      Thread.sleep(forTimeInterval: 0.01)
    }
    Issue.record("nothing came")
  }

  private func positions(in name: String) throws -> [Int] {
    try Sandbox.objects(in: sandbox.read(name)).compactMap { $0["globalPosition"] as? Int }
  }

  @Test("gives every event once and in order, whoever writes, and whatever is done to the file")
  func everything() throws {
    // The signal is ignored if whoever runs the tests ignores it.
    let follower = try sandbox.start(
      """
      exec env --default-signal=INT ledger events --after 3 --follow --format ndjson > told.ndjson
      """)
    let writers = try (0..<4).map { number in
      try sandbox.start(
        """
        i=0; while [ $i -lt 20 ]; do
          ledger deposit a 1 --actor w\(number) --busy-timeout 60 > /dev/null || exit 1
          i=$((i+1)); done
        """)
    }
    for _ in 0..<3 {
      #expect(try sandbox.run("ledger projections rebuild --busy-timeout 60").status == 0)
      let copied = try sandbox.run(
        "sqlite3 -cmd '.timeout 60000' ledger.db 'PRAGMA wal_checkpoint(TRUNCATE)'")
      #expect(copied.status == 0, "\(copied.errors)")
    }
    for writer in writers { #expect(try writer.outcome().status == 0) }
    let last = try #require(sandbox.positions().last)
    #expect(last == 102)
    try wait { try sandbox.read("told.ndjson").split(separator: "\n").count >= last - 3 }
    #expect(try positions(in: "told.ndjson") == Array(4...last))
    // What is told is what a reader of the log is told.
    let read = try sandbox.run("ledger events --after 3 --format ndjson").output
    #expect(try sandbox.read("told.ndjson") == read)
    kill(follower.process.processIdentifier, SIGINT)
    #expect(try follower.outcome().status == SIGINT)
  }

  @Test("takes the conditions of every list, counts what it shows, and ends at the limit")
  func conditions() throws {
    let follower = try sandbox.start(
      """
      ledger events --stream BankAccount-b --type MoneyDeposited --min 5 --follow --limit 2 -O csv |
        cut -d, -f1,4
      """)
    for amount in ["4", "5", "6", "7"] {
      try sandbox.run("ledger deposit a 9; ledger deposit b \(amount)")
    }
    let outcome = try follower.outcome()
    #expect(
      outcome.output == "globalPosition,eventType\n26,MoneyDeposited\n28,MoneyDeposited\n")
  }

  @Test("ends when nobody reads it any more, though nothing is recorded")
  func closedPipe() throws {
    let outcome = try sandbox.start("ledger events --follow | head -3; echo ended").outcome()
    #expect(outcome.status == 0)
    #expect(outcome.output.hasSuffix("ended\n"))
    #expect(outcome.errors.isEmpty)
  }

  @Test(
    "has no end: what needs one is refused",
    arguments: ["-O json", "--backwards", "--through 5", "--until 2026-01"])
  func refusals(_ options: String) throws {
    let outcome = try sandbox.run("ledger events --follow \(options)")
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("--follow has no end"))
  }
}
