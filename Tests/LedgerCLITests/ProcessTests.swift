import Foundation
import Testing
import TestSupport

/// Several processes on one file.
@Suite("Processes")
struct ProcessTests {
  @Test("eight processes racing to create the file leave one whole ledger")
  func initRace() throws {
    let sandbox = try Sandbox()
    let racers = try (0..<8).map { _ in try sandbox.start("ledger init --format ndjson") }
    let outcomes = try racers.map { try $0.outcome() }
    #expect(outcomes.allSatisfy { $0.status == 0 })
    #expect(outcomes.filter { $0.output.contains(#""created":true"#) }.count == 1)
    #expect(try sandbox.run("ledger verify").status == 0)
    let files = try FileManager.default.contentsOfDirectory(atPath: sandbox.folder.path)
    #expect(!files.contains { $0.contains("init-") })
  }

  @Test("two withdrawals of 60 from 100 by two processes: one wins")
  func overdraftRace() throws {
    let sandbox = try Sandbox()
    try sandbox.run("ledger init; ledger open a --currency USD; ledger deposit a 100")
    let racers = try (0..<2).map { _ in try sandbox.start("ledger withdraw a 60") }
    let outcomes = try racers.map { try $0.outcome() }
    #expect(outcomes.map(\.status).sorted() == [0, 1])
    #expect(outcomes.contains { $0.errors.contains("insufficient_funds") })
    #expect(try sandbox.run("ledger balance a").output == "a  40.00 USD\n")
  }

  @Test("eight processes with the same key book once and get the same receipt")
  func keyRace() throws {
    let sandbox = try Sandbox()
    try sandbox.run("ledger init; ledger open a --currency USD")
    let racers = try (0..<8).map { _ in
      try sandbox.start("ledger deposit a 5 --idempotency-key k --format ndjson --busy-timeout 60")
    }
    let outputs = try racers.map { try $0.outcome() }.map(\.output)
    let receipts = outputs.map {
      $0.replacingOccurrences(of: #""replayed":true"#, with: #""replayed":false"#)
    }
    #expect(Set(receipts).count == 1)
    #expect(outputs.filter { $0.contains(#""replayed":false"#) }.count == 1)
    #expect(try sandbox.run("ledger balance a").output == "a  5.00 USD\n")
  }

  @Test("eight processes write at once: every acknowledged command is there, positions are dense")
  func manyWriters() throws {
    let sandbox = try Sandbox()
    try sandbox.run("ledger init; ledger open a --currency USD")
    let script = "for i in 1 2 3 4 5; do ledger deposit a 1 --busy-timeout 60 || exit 9; done"
    let writers = try (0..<8).map { _ in try sandbox.start(script) }
    #expect(try writers.map { try $0.outcome() }.allSatisfy { $0.status == 0 })
    #expect(try sandbox.run("ledger balance a").output == "a  40.00 USD\n")
    #expect(try sandbox.run("ledger verify").output.hasPrefix("OK: 41 commits, 41 events"))
  }

  @Test("a lock held too long ends in exit 75, nothing is written, and the retry works")
  func busy() throws {
    let sandbox = try Sandbox()
    try sandbox.run("ledger init; ledger open a --currency USD")
    let rules = "--source s --account a --amount-column what --busy-timeout 60"
    // An import that reads from a pipe holds the lock until the pipe ends.
    let input = Pipe()
    let holder = try sandbox.start("exec ledger import csv - \(rules)", input: input)
    input.fileHandleForWriting.write(Data("what\n1.00\n".utf8))
    var refused = try sandbox.run("ledger deposit a 5 --dry-run --busy-timeout 0.2")
    for _ in 0..<600 where refused.status == 0 {
      refused = try sandbox.run("ledger deposit a 5 --dry-run --busy-timeout 0.2")
    }
    refused = try sandbox.run("ledger deposit a 5 --busy-timeout 0.2")
    #expect(refused.status == 75)
    #expect(refused.errors.hasPrefix("ledger: busy: another program is using ledger.db"))
    #expect(try sandbox.run("ledger balance a").output == "a  0.00 USD\n")
    try input.fileHandleForWriting.close()
    #expect(try holder.outcome().status == 0)
    #expect(try sandbox.run("ledger deposit a 5").status == 0)
    #expect(try sandbox.run("ledger balance a").output == "a  6.00 USD\n")
  }

  @Test("a killed import leaves nothing, and the same import then books everything once")
  func killedImport() throws {
    let sandbox = try Sandbox()
    try sandbox.run("ledger init; ledger open a --currency USD")
    let rows = (1...2_000).map { "\($0),1.00" }.joined(separator: "\n")
    try sandbox.write("id,what\n\(rows)\n", to: "rows.csv")
    let rules = "--source victim --account a --amount-column what --id-column id"
    // The rest of the file never comes: the import waits in its transaction until it is killed.
    let input = Pipe()
    let victim = try sandbox.start("exec ledger import csv - \(rules)", input: input)
    input.fileHandleForWriting.write(
      try Data(contentsOf: sandbox.folder.appending(path: "rows.csv")))
    Thread.sleep(forTimeInterval: 2)
    kill(victim.process.processIdentifier, SIGKILL)
    victim.process.waitUntilExit()
    #expect(victim.process.terminationReason == .uncaughtSignal)
    #expect(try sandbox.run("ledger balance a").output == "a  0.00 USD\n")
    #expect(try sandbox.run("ledger import csv rows.csv \(rules)").status == 0)
    #expect(try sandbox.run("ledger balance a").output == "a  2000.00 USD\n")
    #expect(try sandbox.run("ledger verify").status == 0)
  }
}
