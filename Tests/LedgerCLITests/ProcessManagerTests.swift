import Foundation
import TestSupport
import Testing

/// `fixtures/examples/cashback`: whoever makes a transfer is paid 1 % of it back.
@Suite("A process manager")
struct ProcessManagerTests {
  /// A transfer, as outsiders are told of it.
  private struct Told: Decodable {
    struct Transfer: Decodable {
      let from: String
      let to: String
      let amount: String
    }

    let id: String
    let causationId: String?
    let reverses: Int?
    let data: Transfer

    var isCashback: Bool { data.from == "rewards" }
  }

  private let sandbox: Sandbox
  private static let runner =
    "ledger subscriptions run cashback --integration --rest 10ms --busy-timeout 60"
  private static let react =
    "-- \(Program.fixtures.appendingPathComponent("examples/cashback/react").path)"

  init() throws {
    sandbox = try Sandbox()
    try sandbox.makeLedger()
    try sandbox.run("ledger open rewards --currency USD; ledger deposit rewards 1000")
    try sandbox.run("ledger deposit a 100000; ledger deposit b 100000")
    try sandbox.run("ledger subscriptions create cashback --from now")
  }

  private func transfers() throws -> [Told] {
    let told = try sandbox.run(
      "ledger events --integration --type TransferCompleted --format ndjson")
    try #require(told.status == 0, "\(told.errors)")
    return try told.output.split(separator: "\n").map {
      try JSONDecoder().decode(Told.self, from: Data($0.utf8))
    }
  }

  /// Runs the subscription to its end.
  private func runOnce(_ options: String = "") throws -> Sandbox.Outcome {
    try sandbox.run("\(Self.runner) --once \(options) \(Self.react)")
  }

  @Test("killed at random instants pays for each transfer once, and never for its own")
  func killed() throws {
    let writer = try sandbox.start(
      """
      i=1; while [ ! -e stop ]; do
        ledger transfer a b $i.$((i % 90 + 10)) --format ndjson --busy-timeout 60 || exit 1
        ledger transfer b a 0.$((i % 90 + 10)) --format ndjson --busy-timeout 60 || exit 1
        i=$((i+1)); done > receipts
      """)
    var random = SeededRandom(seed: 7)
    var round = 0
    // More rounds where the machine is so busy that few transfers get done in one.
    while try round < 10 || sandbox.read("receipts").count(where: \.isNewline) < 30 && round < 60 {
      round += 1
      let runner = try sandbox.start("\(Self.runner) --batch 5 \(Self.react)")
      Thread.sleep(forTimeInterval: .random(in: 0.1...0.8, using: &random))
      try runner.kill()
      let outcome = try runner.outcome()
      #expect(outcome.status == SIGKILL, "\(outcome.errors)")
    }
    try sandbox.write("", to: "stop")
    #expect(try writer.outcome().status == 0)
    #expect(try runOnce().status == 0)

    let told = try transfers()
    let paid = Dictionary(grouping: told.filter(\.isCashback)) { $0.causationId ?? "" }
    let earned = told.filter { !$0.isCashback && Self.onePercent($0.data.amount) != "0.00" }
    #expect(earned.count > 10)
    for transfer in earned {
      let amounts = paid[transfer.id]?.map(\.data.amount)
      #expect(amounts == [Self.onePercent(transfer.data.amount)])
      #expect(paid[transfer.id]?.map(\.data.to) == [transfer.data.from])
    }
    #expect(Set(paid.keys) == Set(earned.map(\.id)))
    #expect(try sandbox.run("ledger verify").status == 0)
    #expect(try sandbox.run("ledger subscriptions dead-letters cashback -O ndjson").output == "")
  }

  /// A hundredth of an amount in dollars, rounded down to cents.
  private static func onePercent(_ amount: String) -> String {
    let hundredth = (Int(amount.filter(\.isNumber)) ?? 0) / 100
    let cents = hundredth % 100
    return "\(hundredth / 100).\(cents < 10 ? "0" : "")\(cents)"
  }

  @Test("is not misled by texts, reversals, other events and amounts too small")
  func several() throws {
    let text = #"","from":"x","to":"b","amount":"9.00","currency":"USD"}}"#
    try sandbox.run(
      """
      ledger transfer a b 123.45 --description '\(text)'; ledger transfer b a 0.99
      ledger deposit a 500; ledger open c --currency USD; ledger transfer a rewards 700
      ledger transfer a b 300; ledger reverse 16
      """)
    #expect(try transfers().filter { $0.reverses != nil }.count == 1)
    #expect(try runOnce().status == 0)
    let paid = try transfers().filter(\.isCashback).map(\.data)
    #expect(paid.map(\.amount) == ["1.23", "3.00"])
    #expect(paid.map(\.to) == ["a", "a"])
  }

  @Test("reports whom it can't pay any more, and goes on")
  func closed() throws {
    try sandbox.run(
      """
      ledger open c --currency USD; ledger deposit c 200
      ledger transfer c a 200; ledger close c; ledger transfer a b 100
      """)
    let outcome = try runOnce()
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("ledger: account_closed: c is closed"))
    #expect(try transfers().filter(\.isCashback).map(\.data.to) == ["a"])
  }

  @Test("owes what there is no money for, and pays it once there is")
  func owed() throws {
    try sandbox.run("ledger transfer rewards b 999.50; ledger transfer a b 100")
    let outcome = try runOnce("--retries 1")
    #expect(outcome.errors.contains("insufficient_funds: rewards has 0.50 USD available"))
    #expect(try transfers().filter(\.isCashback).count == 1)
    let dead = try sandbox.objects("ledger subscriptions dead-letters cashback -O ndjson")
    #expect(dead.count == 1)
    try sandbox.run("ledger deposit rewards 100; ledger subscriptions retry cashback")
    #expect(try runOnce().status == 0)
    #expect(try transfers().filter(\.isCashback).map(\.data.amount) == ["999.50", "1.00"])
    let left = try sandbox.run("ledger subscriptions dead-letters cashback -O ndjson")
    #expect(left.output == "")
  }

  @Test("asks again when another program has the ledger")
  func busy() throws {
    try sandbox.run("ledger transfer a b 100")
    // What the runner would say of it, without waiting for it to give up.
    let outcome = try sandbox.run(
      """
      line=$(ledger events --integration --type TransferCompleted --format ndjson)
      printf '#!/bin/sh\\necho "ledger: busy: another program" >&2; exit 75\\n' > ledger
      chmod +x ledger
      echo "$line" | PATH=.:$PATH '\(Self.react.dropFirst(3))'
      """)
    #expect(outcome.status == 75)
    #expect(outcome.errors.contains("ledger: busy"))
  }
}
