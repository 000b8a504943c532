import Foundation
import TestSupport
import Testing

/// Subscriptions of the program itself.
@Suite("Subscriptions")
struct SubscriptionsTests {
  let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    try sandbox.makeLedger(deposits: 200)
    try sandbox.run("ledger subscriptions create s")
  }

  private func positions(in name: String) throws -> [Int] {
    try Sandbox.objects(in: sandbox.read(name)).compactMap { $0["globalPosition"] as? Int }
  }

  /// Waits until `condition` holds, half a minute at most.
  private func wait(until condition: () throws -> Bool) throws {
    for _ in 0..<3_000 {
      if try condition() { return }
      Thread.sleep(forTimeInterval: 0.01)
    }
    Issue.record("it never came")
  }

  private func status() throws -> [String: Any] {
    try #require(sandbox.objects("ledger subscriptions list -O ndjson").first)
  }

  @Test("killed at random instants, a runner loses nothing and keeps the order")
  func killed() throws {
    try sandbox.write("cat > batch; cat batch >> told.ndjson\n", to: "take")
    var random = SeededRandom(seed: 9)
    var cutOff = 0
    for _ in 0..<10 {
      let runner = try sandbox.start("exec ledger subscriptions run s --batch 5 -- sh take")
      Thread.sleep(forTimeInterval: .random(in: 0.01...0.2, using: &random))
      try runner.kill()
      if try runner.outcome().status == SIGKILL { cutOff += 1 }
      try sandbox.run("ledger deposit a 1")
    }
    #expect(cutOff == 10)
    let last = try sandbox.run("ledger subscriptions run s --once -- sh take")
    #expect(last.status == 0, "\(last.errors)")
    var told = try positions(in: "told.ndjson")
    // What was delivered and not acknowledged came again; nothing came before its turn.
    var highest = 0
    told = told.filter { position in
      defer { highest = max(highest, position) }
      #expect(position <= highest + 1)
      return position > highest
    }
    #expect(told == (try sandbox.positions()))
    #expect(try sandbox.run("ledger verify").status == 0)
    #expect(try sandbox.run("ls *.lock").status != 0)
  }

  @Test("of two runners the second is refused, and takes over once the first is dead")
  func oneRunner() throws {
    let first = try sandbox.start("exec ledger subscriptions run s -- sh -c 'cat > /dev/null'")
    try wait { try status()["state"] as? String == "running" }
    let second = try sandbox.run("ledger subscriptions run s --once -- true")
    #expect(second.status == 75)
    #expect(second.errors.hasPrefix("ledger: subscription_running: "), "\(second.errors)")
    // By whatever name the file is opened; nor can it be made again meanwhile.
    #expect(
      try sandbox.run(
        "ln -s ledger.db link.db; ledger subscriptions run s --db link.db --once -- true"
      ).status == 75)
    #expect(try sandbox.run("ledger subscriptions delete s").status == 75)
    try first.kill()
    _ = try first.outcome()
    #expect(try sandbox.run("ledger subscriptions run s --once -- sh -c 'cat >&2'").status == 0)
    #expect(try status()["state"] as? String == "idle")
    #expect(try status()["lag"] as? Int == 0)
  }

  @Test("a runner goes on with what others record, and ends when it is asked to")
  func follows() throws {
    let runner = try sandbox.start(
      """
      exec ledger subscriptions run s --integration -- sh -c 'cat >> told.ndjson'
      """)
    for amount in 1...5 {
      try sandbox.run("ledger transfer a b \(amount)")
    }
    try wait { try status()["lag"] as? Int == 0 }
    kill(runner.process.processIdentifier, SIGTERM)
    #expect(try runner.outcome().status == 0)
    let told = try Sandbox.objects(in: sandbox.read("told.ndjson"))
    #expect(told.count == 2 + 200 + 5)
    #expect(told.suffix(5).allSatisfy { $0["type"] as? String == "TransferCompleted" })
  }

  @Test(
    "what a command refuses is a dead letter; what waits for it comes in order once it is taken")
  func deadLetters() throws {
    try sandbox.run("for i in 1 2 3; do ledger deposit b $i; done")
    try sandbox.write(
      """
      cat > batch; ! grep -q '"globalPosition":100,' batch || exit 3
      cat batch >> told.ndjson
      """, to: "take")
    let run = "ledger subscriptions run s --once --rest 1ms --retries 1 -- sh take"
    #expect(try sandbox.run(run).status == 0)
    // Of the stream of account a, nothing after 99; of b everything.
    #expect(try positions(in: "told.ndjson") == Array(1...99) + Array(203...205))
    let letters = try sandbox.objects("ledger subscriptions dead-letters s -O ndjson")
    #expect(letters.compactMap { $0["globalPosition"] as? Int } == Array(100...202))
    #expect(letters[0]["problem"] as? String == "exit status 3")
    #expect(letters[0]["attempts"] as? Int == 2)
    #expect(letters.dropFirst().allSatisfy { $0["state"] as? String == "waiting" })
    #expect(try sandbox.run("ledger subscriptions discard s 101").status == 1)
    try sandbox.write("cat >> late.ndjson\n", to: "take")
    try sandbox.run("ledger subscriptions retry s")
    #expect(try sandbox.run(run).status == 0)
    #expect(try positions(in: "late.ndjson") == Array(100...202))
    #expect(
      try sandbox.run("ledger subscriptions dead-letters s").output
        == "There are no dead letters.\n")
    #expect(try sandbox.run("ledger verify").status == 0)
  }

  @Test("a command that outlives its runner keeps the next one away: nothing overtakes it")
  func orphan() throws {
    let runner = try sandbox.start(
      "exec ledger subscriptions run s -- sh -c 'touch begun; sleep 1; cat > /dev/null'")
    try wait { FileManager.default.fileExists(atPath: sandbox.path("begun")) }
    kill(runner.process.processIdentifier, SIGKILL)
    #expect(try sandbox.run("ledger subscriptions run s --once -- true").status == 75)
    try wait { try sandbox.run("ledger subscriptions run s --once -- true").status == 0 }
    _ = try runner.outcome()
  }

  @Test("something else in the place of the lock is named, and hangs nobody")
  func strangeLock() throws {
    try sandbox.run("mkfifo ledger.db.s.lock")
    #expect(try sandbox.run("timeout 10 ledger subscriptions list").status == 0)
    let outcome = try sandbox.run("timeout 10 ledger subscriptions run s --once -- true")
    #expect(outcome.status == 73)
    #expect(outcome.errors.contains("something else stands there"), "\(outcome.errors)")
  }

  @Test("a script reads and acknowledges")
  func script() throws {
    let read = try sandbox.objects("ledger subscriptions read s --limit 3 -O ndjson")
    #expect(read.compactMap { $0["globalPosition"] as? Int } == [1, 2, 3])
    #expect(try sandbox.run("ledger subscriptions ack s 3 --expected 0").status == 0)
    let late = try sandbox.run("ledger subscriptions ack s 2 --format json")
    #expect(late.status == 1)
    #expect(late.errors.contains(#""code":"checkpoint_conflict""#))
    #expect(try sandbox.objects("ledger subscriptions read s -O ndjson").count == 199)
  }

  @Test(
    "mistakes are refused with a sentence",
    arguments: [
      ("run s", 64, "Missing expected argument '-- <command>"),
      ("run nobody -- cat", 1, "subscription_not_found"),
      ("run s --batch 0 -- cat", 64, "--batch takes"),
      ("run s -- ./no-such-command", 66, "can't be started"),
      ("run s -- sh -c no-such-command", 66, "can't be run"),
      ("create ../x", 64, "letters, digits"),
      ("create t --type Nothing", 64, "there is no event type 'Nothing'"),
      ("create t --from -1", 64, "start|now|position"),
      ("create t --from 999", 1, "beyond_end"), ("create s", 1, "subscription_exists"),
      ("discard s 1", 1, "no_dead_letter"), ("ack s x", 64, "position"),
      ("delete nobody", 1, "subscription_not_found"),
    ])
  func refusals(_ words: String, _ status: Int32, _ sentence: String) throws {
    let outcome = try sandbox.run("ledger subscriptions \(words)")
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
  }
}
