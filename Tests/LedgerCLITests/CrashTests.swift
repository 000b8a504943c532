import EventStore
import Foundation
import LedgerKit
import TestSupport
import Testing

/// The program is killed, or finds no room, at any moment.
@Suite("Crashes")
struct CrashTests {
  /// What a script keeps of a receipt.
  private struct Receipt: Decodable {
    let position: Int64
    let headHash: String
    let replayed: Bool
  }

  private let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    try sandbox.run("ledger init; ledger open a --currency USD; ledger open b --currency USD")
    try sandbox.run("ledger deposit a 100000")
  }

  private func receipts(in text: String) throws -> [Receipt] {
    try text.split(separator: "\n").map {
      try JSONDecoder().decode(Receipt.self, from: Data($0.utf8))
    }
  }

  /// The hash of the chain after every position, as hexadecimal digits.
  private func hashes() throws -> [Int64: String] {
    let environment = Ledger.Environment(clockMicros: { 0 }, randomBytes: { _ in [] })
    let ledger = try Ledger(
      path: sandbox.path("ledger.db"), options: .init(access: .readOnly), environment: environment)
    var hashes: [Int64: String] = [:]
    try ledger.forEachEvent(EventQuery()) { event in
      hashes[event.position] = event.commit.hash.hex
    }
    return hashes
  }

  @Test("killed at random instants, every receipt is there and every key has booked once")
  func killed() throws {
    var random = SeededRandom(seed: 9)
    var (acknowledged, transfers): ([Receipt], Int) = ([], 0)
    var round = 0
    // More rounds where the machine is so busy that few commands get done in one.
    while round < 20 || acknowledged.count <= 20 && round < 100 {
      round += 1
      let transfer = "ledger transfer a b 1 --format ndjson --idempotency-key \(round)-"
      let writer = try sandbox.start(
        "i=1; while \(transfer)$i >> receipts-\(round); do i=$((i+1)); done")
      Thread.sleep(
        forTimeInterval: .random(in: 0.05...0.35, using: &random) * Double(Sanitizer.slowdown))
      try writer.kill()
      #expect(try writer.outcome().status == SIGKILL)
      #expect(try sandbox.run("ledger verify").status == 0)
      let printed = try receipts(in: sandbox.run("cat receipts-\(round)").output)
      acknowledged += printed
      // The client can't know about the last one, and asks again.
      transfers += printed.count + 1
      #expect(try sandbox.run("\(transfer)\(printed.count + 1)").status == 0)
      guard let last = printed.last else { continue }
      let again = try receipts(in: sandbox.run("\(transfer)\(printed.count)").output)
      #expect(again.map(\.replayed) == [true])
      #expect(again.map(\.headHash) == [last.headHash])
    }
    let hashes = try hashes()
    for receipt in acknowledged { #expect(hashes[receipt.position] == receipt.headHash) }
    #expect(acknowledged.count > 20)
    #expect(hashes.count == 3 + 2 * transfers)
    #expect(try sandbox.run("ledger balance b").output == "b  \(transfers).00 USD\n")
  }

  @Test(
    "where files may not grow, a command says that there is no room and books nothing",
    arguments: [
      8,  // blocks of 512 bytes: too few for the index of the log
      64,  // too few for the log
    ])
  func noRoom(_ blocks: Int) throws {
    let refused = try sandbox.run(
      "trap '' XFSZ; ulimit -f \(blocks); ledger deposit a 5 --idempotency-key k --format ndjson")
    #expect(refused.status == 74)
    #expect(refused.errors.contains(#""code":"disk_full""#))
    #expect(refused.output.isEmpty)
    #expect(try sandbox.run("ledger balance a").output == "a  100000.00 USD\n")
    #expect(try sandbox.run("ledger verify").status == 0)
    #expect(try sandbox.run("ledger deposit a 5 --idempotency-key k").status == 0)
    #expect(try sandbox.run("ledger balance a").output == "a  100005.00 USD\n")
  }

  @Test("where files may not grow, no ledger is made and nothing is left")
  func noRoomForNew() throws {
    let before = try sandbox.run("ls").output
    let refused = try sandbox.run("trap '' XFSZ; ulimit -f 64; ledger init --db new.db")
    #expect(refused.status == 74)
    #expect(refused.errors.hasPrefix("ledger: disk_full: "))
    #expect(try sandbox.run("ls").output == before)
    #expect(try sandbox.run("ledger init --db new.db; ledger verify --db new.db").status == 0)
  }
}

extension Sandbox.Running {
  /// Kills the shell and all that it started, which are a group of processes of their own, unless it has ended.
  func kill() throws {
    let leader = process.processIdentifier
    let group = getpgid(leader)
    guard group != -1 else { return }
    try #require(group == leader)
    Foundation.kill(-leader, SIGKILL)
  }
}
