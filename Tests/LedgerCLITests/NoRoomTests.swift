import Foundation
import TestSupport
import Testing

/// A disk that is really full, or as good as: files may not grow.
@Suite("No room")
struct NoRoomTests {
  let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    try sandbox.makeLedger()
  }

  /// Runs a command where no file may have more than so many blocks of 512 bytes.
  private func limited(_ blocks: Int, _ command: String) throws -> Sandbox.Outcome {
    try sandbox.run("ulimit -f \(blocks); \(command)")
  }

  private func expectFull(_ outcome: Sandbox.Outcome, _ start: String = "ledger: disk_full: ") {
    #expect(outcome.status == 74)
    #expect(outcome.errors.hasPrefix(start), "\(outcome.errors)")
    #expect(outcome.errors.contains("there is no room left to write"), "\(outcome.errors)")
  }

  /// 3,000 rows and as many commands, of 1.00 each.
  private func writeInputs() throws {
    let numbers = 1...3_000
    try sandbox.write(
      "id,what\n" + numbers.map { "\($0),1.00\n" }.joined(), to: "rows.csv")
    let commands = numbers.map {
      #"{"command":"deposit","account":"a","amount":"1.00","idempotencyKey":"c\#($0)"}"# + "\n"
    }
    try sandbox.write(commands.joined(), to: "commands.ndjson")
  }

  private static let rules = "--source s --account a --amount-column what --id-column id"

  @Test("an import is all there or not at all, and works once there is room")
  func csv() throws {
    try writeInputs()
    expectFull(try limited(600, "ledger import csv rows.csv \(Self.rules)"))
    #expect(try sandbox.run("ledger verify").output.hasPrefix("OK: 2 commits, 2 events"))
    #expect(try sandbox.run("ledger balance a").output == "a  0.00 USD\n")
    #expect(try sandbox.run("ledger import csv rows.csv \(Self.rules)").status == 0)
    #expect(try sandbox.run("ledger balance a").output == "a  3000.00 USD\n")
  }

  @Test("commands are answered as far as they are there; the same file does the rest")
  func commands() throws {
    try writeInputs()
    let cutOff = try limited(2_000, "ledger import commands commands.ndjson > receipts")
    expectFull(cutOff, "ledger: disk_full: commands.ndjson, after line ")
    let receipts = try sandbox.read("receipts").split(separator: "\n").count
    #expect((1..<3_000).contains(receipts))
    let verified = try sandbox.run("ledger verify --against receipts").output
    #expect(verified.hasPrefix("OK: \(2 + receipts) commits"), "\(verified)")
    #expect(try sandbox.run("ledger import commands commands.ndjson > all").status == 0)
    #expect(try sandbox.run("ledger balance a").output == "a  3000.00 USD\n")
    let again = try sandbox.run(
      "head -\(receipts) all | sed 's/\"replayed\":true/\"replayed\":false/' | cmp - receipts")
    #expect(again.status == 0, "\(again.output)")
    #expect(try sandbox.run("ledger verify --against all").status == 0)
  }

  @Test("a rebuild and an erasure leave everything as it was, and work later")
  func maintenance() throws {
    try sandbox.run("ledger deposit a 1 --description Lunch")
    let before = try sandbox.run("ledger verify").output
    let commands = ["projections rebuild", "erase 3 --reason Asked"]
    for command in commands {
      expectFull(try limited(64, "ledger \(command)"))
      #expect(try sandbox.run("ledger verify").output == before)
      #expect(try sandbox.run("ledger balance a").output == "a  1.00 USD\n")
      #expect(try sandbox.run("ledger projections verify").status == 0)
    }
    for command in commands {
      #expect(try sandbox.run("ledger \(command)").status == 0, "\(command)")
    }
    #expect(try sandbox.run("ledger verify").status == 0)
  }

  @Test(
    "an answer for which there is no room has a sentence, wherever it goes",
    arguments: [
      "balance a", "accounts", "events", "verify", "export events", "stats", "doctor", "audit",
      "checkpoint", "projections list",
    ])
  func answers(_ command: String) throws {
    for place in ["> /dev/full", "-o /dev/full"] {
      let outcome = try sandbox.run("ledger \(command) \(place)")
      #expect(outcome.status == 74, "\(place)")
      #expect(outcome.errors.hasPrefix("ledger: output_failed: "), "\(outcome.errors)")
      #expect(outcome.errors.hasSuffix(" can't be written: No space left on device\n"))
    }
  }

  @Test("a file for which there is no room is not there, and an older one stays as it was")
  func files() throws {
    try writeInputs()
    #expect(try sandbox.run("ledger import csv rows.csv \(Self.rules)").status == 0)
    for earlier in [false, true] {
      if earlier { try sandbox.write("earlier", to: "dump") }
      let outcome = try limited(64, "ledger export events -o dump")
      #expect(outcome.status == 74)
      #expect(outcome.errors.hasPrefix("ledger: output_failed: dump can't be written: "))
      let found = try sandbox.run("ls | grep dump; cat dump")
      #expect(found.output == (earlier ? "dump\nearlier" : ""))
    }
  }

  @Test("a receipt for which there is no room was booked, and comes again under its key")
  func receipt() throws {
    let command = "ledger deposit a 5 --idempotency-key k --format ndjson"
    #expect(try sandbox.run("\(command) > /dev/full").status == 74)
    #expect(try sandbox.run(command).output.contains(#""replayed":true"#))
    #expect(try sandbox.run("ledger balance a").output == "a  5.00 USD\n")
  }

  /// Whether a small disk can be made here: that takes the system's administrator.
  private static let canMount: Bool = {
    guard let sandbox = try? Sandbox() else { return false }
    let outcome = try? sandbox.run("mkdir m && mount -t tmpfs -o size=64k none m && umount m")
    return outcome?.status == 0
  }()

  @Test(
    "on a disk that fills up, the last receipt is there, questions are answered, and room helps",
    .enabled(if: canMount, "no small disk can be mounted here"))
  func fillingDisk() throws {
    try sandbox.run("mkdir m; mount -t tmpfs -o size=2m none m")
    defer { _ = try? sandbox.run("umount m") }
    try writeInputs()
    try sandbox.run("cp ledger.db m/; head -c 700000 /dev/zero > m/ballast")
    let cutOff = try sandbox.run(
      "ledger import commands commands.ndjson --db m/ledger.db > receipts")
    expectFull(cutOff, "ledger: disk_full: commands.ndjson, after line ")
    var receipts = try sandbox.read("receipts").split(separator: "\n").count
    #expect(receipts > 0)
    // One by one, until there is no room for one more.
    try sandbox.run("head -c 2000000 /dev/zero > m/rest")
    let single = "ledger deposit a 1 --db m/ledger.db --format ndjson >> receipts"
    var outcome = try sandbox.run(single)
    while outcome.status == 0, receipts < 3_000 {
      receipts += 1
      outcome = try sandbox.run(single)
    }
    expectFull(outcome, #"{"error":{"code":"disk_full","#)
    #expect(
      try sandbox.run("ledger balance a --db m/ledger.db").output == "a  \(receipts).00 USD\n")
    let verified = try sandbox.run("ledger verify --db m/ledger.db --against receipts")
    #expect(verified.output.contains("holds the history of \(receipts) receipts"))
    try sandbox.run("rm m/ballast m/rest")
    #expect(try sandbox.run(single).status == 0)
    #expect(try sandbox.run("ledger verify --db m/ledger.db --against receipts").status == 0)
    #expect(
      try sandbox.run("ledger balance a --db m/ledger.db").output == "a  \(receipts + 1).00 USD\n")
  }
}
