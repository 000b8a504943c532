import Foundation
import TestSupport
import Testing

/// Rebuilds and catch-ups of the program itself, beside others that write, read and kill it.
@Suite("Projections beside other processes", .serialized)
struct ProjectionRaceTests {
  let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    try sandbox.run(
      """
      ledger init
      for id in a b c d; do ledger open $id --currency USD --overdraft-limit 100000; done
      i=0; while [ $i -lt 4000 ]; do
        echo '{"command":"transfer","from":"a","to":"b","amount":"1.00","description":"Rent"}'
        i=$((i+1)); done | ledger import commands - > /dev/null
      """)
  }

  @Test("while 4 write and 2 read, rebuilds fail nobody, show no half table, and end up right")
  func rebuilding() throws {
    let writers = try ["a b", "b c", "c d", "d a"].map { pair in
      try sandbox.start(
        """
        i=0; while [ $i -lt 25 ]; do
          ledger transfer \(pair) 1 --busy-timeout 60 > /dev/null || exit 1; i=$((i+1)); done
        """)
    }
    // The sum of all balances is 0, and every movement has its row, in every table that answers.
    let readers = try (0..<2).map { _ in
      try sandbox.start(
        """
        i=0; while [ $i -lt 25 ]; do
          ledger accounts -O csv --busy-timeout 60 | tail -n +2 | cut -d, -f3 | tr -d . |
            awk '{ sum += $1 } END { print "sum", sum }'
          ledger stats --days 1 -O json --busy-timeout 60 | grep -c '"events"'
          ledger flows a -O csv --busy-timeout 60 | wc -l; i=$((i+1)); done
        """)
    }
    for _ in 0..<4 {
      let outcome = try sandbox.run("ledger projections rebuild --busy-timeout 60")
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    for writer in writers {
      let outcome = try writer.outcome()
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    }
    for reader in readers {
      let outcome = try reader.outcome()
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
      let lines = outcome.output.split(separator: "\n")
      #expect(lines.count == 75)
      #expect(lines.count { $0 == "sum 0" } == 25)
    }
    #expect(try sandbox.run("ledger projections rebuild").status == 0)
    #expect(try sandbox.run("ledger projections verify").status == 0)
    #expect(try sandbox.run("ledger verify").status == 0)
    #expect(try sandbox.run("ledger events | wc -l").output == "8205\n")
  }

  @Test(
    "killed at random instants, a rebuild leaves the old tables and needs no help to be run again")
  func killed() throws {
    var random = SeededRandom(seed: 6)
    let before = try sandbox.run("ledger accounts").output
    var cutOff = 0
    for _ in 0..<12 {
      let rebuild = try sandbox.start("exec ledger projections rebuild")
      Thread.sleep(forTimeInterval: .random(in: 0.01...0.4, using: &random))
      try rebuild.kill()
      if try rebuild.outcome().status == SIGKILL { cutOff += 1 }
      #expect(try sandbox.run("ledger accounts").output == before)
    }
    #expect(cutOff > 3)
    #expect(try sandbox.run("ledger verify").status == 0)
    #expect(try sandbox.run("ledger deposit a 1").status == 0)
    #expect(try sandbox.run("ledger projections rebuild").status == 0)
    #expect(try sandbox.run("ledger projections verify").status == 0)
    let list = try sandbox.run("ledger projections list --format csv").output
    // Nothing is stopped, nor being rebuilt.
    #expect(list.split(separator: "\n").dropFirst().allSatisfy { $0.hasSuffix(",,,") })
    #expect(try sandbox.run("ledger verify").status == 0)
  }

  @Test("killed while it catches up, a question is answered right the next time")
  func killedCatchUp() throws {
    var random = SeededRandom(seed: 8)
    for _ in 0..<8 {
      let question = try sandbox.start("exec ledger search rent --limit 1")
      Thread.sleep(forTimeInterval: .random(in: 0.01...0.3, using: &random))
      try question.kill()
      _ = try question.outcome()
    }
    #expect(
      try sandbox.run("ledger search rent --format ndjson | wc -l").output == "4000\n")
    #expect(try sandbox.run("ledger projections verify").status == 0)
  }

  @Test("asked by four processes at once, all catch up and give one answer")
  func racing() throws {
    let running = try (0..<4).map { _ in
      try sandbox.start("ledger search rent --limit 3 --busy-timeout 60 --format ndjson")
    }
    let answers = try running.map { try $0.outcome() }
    #expect(answers.allSatisfy { $0.status == 0 && $0.errors.isEmpty })
    #expect(Set(answers.map(\.output)).count == 1)
    #expect(try sandbox.run("ledger projections verify transactions").status == 0)
  }

  @Test("a file that nobody may write to is asked all the same, and stays as it is")
  func readOnlyMedia() throws {
    try sandbox.run("mkdir frozen; ledger export events -o x; ledger stats > /dev/null")
    try sandbox.run("ledger deposit a 1 --description Lagging; cp ledger.db frozen/")
    try sandbox.run("chmod 400 frozen/ledger.db; chmod 500 frozen")
    defer { _ = try? sandbox.run("chmod 700 frozen") }
    let before = try Data(contentsOf: URL(fileURLWithPath: sandbox.path("frozen/ledger.db")))
    let found = try sandbox.run("ledger search lagging --db frozen/ledger.db")
    #expect(found.output.contains("Lagging") && found.status == 0, "\(found.errors)")
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: sandbox.path("frozen/ledger.db"))) == before
        || getuid() == 0)
  }

  @Test("one that can't apply an event warns with every answer, and is listed with where and why")
  func stopped() throws {
    let most = "92233720368547758.07"
    try sandbox.run(
      """
      ledger open huge --currency USD; ledger deposit huge \(most)
      ledger withdraw huge \(most); ledger deposit huge \(most) --description Again
      """)
    let position = 8_000 + 4 + 4
    let flows = try sandbox.run("ledger flows huge")
    #expect(flows.status == 0)
    #expect(flows.output.hasPrefix("huge  \(most) USD from outside, \(most) USD to outside"))
    #expect(
      flows.errors == """
        ledger: warning: this answer is as of before position \(position), where the projection \
        counterparties stopped: a sum in the projection counterparties exceeds 64 bits; what was \
        recorded since is missing in it

        """)
    let json = try sandbox.run("ledger flows huge --format json").errors
    #expect(json.hasPrefix(#"{"notice":{"code":"projection_stopped","message":"#))
    let list = try sandbox.run("ledger projections list").output
    #expect(list.contains("stopped before position \(position): a sum in the projection"))
    #expect(try sandbox.run("ledger balance huge").output == "huge  \(most) USD\n")
    #expect(try sandbox.run("ledger search again").errors.isEmpty)
    let rebuild = try sandbox.run("ledger projections rebuild counterparties")
    #expect(rebuild.status == 65)
    #expect(rebuild.errors.hasPrefix("ledger: projection_stopped: the projection counterparties"))
    #expect(try sandbox.run("ledger verify").status == 0)
  }
}
