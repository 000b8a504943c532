import EventStore
import Foundation
import LedgerKit
import TestSupport
import Testing

/// `ledger backup` and `ledger restore` beside other processes, and killed ones.
@Suite("Backups beside other processes")
struct BackupRaceTests {
  let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    try sandbox.makeLedger(deposits: 800)
  }

  /// Whether the log of `copy` is the beginning of the ledger's, byte by byte; how many commits it has.
  private func commitsOfPrefix(_ copy: String) throws -> Int {
    try sandbox.run("ledger export events --db \(copy) -o copy.ndjson")
    try sandbox.run("ledger export events | head -n $(wc -l < copy.ndjson) > prefix.ndjson")
    #expect(try sandbox.run("cmp copy.ndjson prefix.ndjson").status == 0, "\(copy)")
    return try #require(Int(try sandbox.run("wc -l < copy.ndjson").output.dropLast()))
  }

  @Test("made while 4 processes write, each is a prefix of the ledger, and holds its own receipt")
  func busy() throws {
    let script = """
      i=0; until [ -e done ]; do
        i=$((i+1)); ledger transfer a b 0.01 --busy-timeout 120 --format ndjson >> $0 || exit 9
      done
      """
    try sandbox.write(script, to: "write.sh")
    let writers = try (1...4).map { try sandbox.start("sh -c \"$(cat write.sh)\" receipts-\($0)") }
    var receipts: [[String: Any]] = []
    for number in 1...3 {
      receipts += try sandbox.objects("ledger backup copy-\(number).db --format ndjson")
    }
    try sandbox.write("", to: "done")
    let outcomes = try writers.map { try $0.outcome() }
    #expect(outcomes.allSatisfy { $0.status == 0 && $0.errors.isEmpty })

    let positions = receipts.compactMap { $0["position"] as? Int }
    #expect(positions == positions.sorted())
    #expect(Set(positions).count > 1)
    for (number, receipt) in zip(1..., receipts) {
      let copy = "copy-\(number).db"
      let verified = try sandbox.objects("ledger verify --db \(copy) --format ndjson").first
      #expect(verified?["headHash"] as? String == receipt["headHash"] as? String)
      #expect(try commitsOfPrefix(copy) == receipt["commits"] as? Int)
      #expect(try sandbox.run("stat -c '%a' \(copy)").output == "600\n")
    }
    // What the writers were told is in the ledger, and what the backups were.
    try sandbox.write(
      receipts.map {
        String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self)
      }
      .joined(separator: "\n"), to: "backups.ndjson")
    let held = try sandbox.run(
      "ledger verify --against backups.ndjson $(ls receipts-* | sed 's/^/--against /')")
    #expect(held.status == 0)
    #expect(held.output.contains("holds the history of"))
  }

  @Test("killed at random instants leave nothing under their name, and doctor names what is left")
  func killed() throws {
    var random = SeededRandom(seed: 4)
    var (whole, none) = (0, 0)
    for number in 1...7 {
      let copy = "copy-\(number).db"
      let process = try sandbox.start("exec ledger backup \(copy)")
      // The first ones as soon as there is a draft, which still has to be copied and verified.
      try awaitDraft(of: copy)
      if number > 2 { Thread.sleep(forTimeInterval: .random(in: 0...0.4, using: &random)) }
      kill(process.process.processIdentifier, SIGKILL)
      _ = try process.outcome()
      if FileManager.default.fileExists(atPath: sandbox.path(copy)) {
        whole += 1
        #expect(try sandbox.run("ledger verify --db \(copy)").status == 0)
      } else {
        none += 1
        #expect(try sandbox.run("ledger backup \(copy)").status == 0)
      }
    }
    #expect(none > 0)
    let drafts = try sandbox.run("ls | grep -e '-draft-[A-Za-z0-9]*$'").output.split(
      separator: "\n")
    let found = try sandbox.objects("ledger doctor --format ndjson").filter {
      $0["check"] as? String == "leftovers" && $0["severity"] as? String == "warning"
    }
    for draft in drafts {
      #expect(found.contains { ($0["finding"] as? String)?.hasPrefix(draft) == true }, "\(draft)")
    }
    #expect(try sandbox.run("ledger verify").status == 0)
  }

  /// Waits until a draft of the copy is there, or the copy itself.
  private func awaitDraft(of copy: String) throws {
    for _ in 0..<50_000 {
      let files = try FileManager.default.contentsOfDirectory(atPath: sandbox.path("."))
      if files.contains(where: { $0.hasPrefix(copy) }) { return }
      usleep(200)
    }
    Issue.record("no draft of \(copy) came")
  }

  @Test("stopped by the user tidy up", arguments: ["INT", "TERM"])
  func stopped(_ signal: String) throws {
    var interrupted = 0
    for number in 1...3 {
      // Between 10 and 30 ms after its draft is there, it is copied or verified.
      let script = """
        env --default-signal=\(signal) ledger backup copy-\(number).db & victim=$!
        until ls | grep -q draft || ! kill -0 $victim 2>/dev/null; do :; done
        sleep 0.0\(number); kill -\(signal) $victim 2>/dev/null; wait $victim
        """
      if try sandbox.run(script).status > 128 { interrupted += 1 }
      #expect(try sandbox.run("ls | grep draft").output.isEmpty)
    }
    #expect(interrupted > 0)
  }

  @Test("where files may not grow say so and leave nothing, like a restore")
  func noRoom() throws {
    try sandbox.run("ledger backup kept.db")
    for command in ["backup copy.db", "restore kept.db --db copy.db"] {
      let before = try sandbox.run("ls | grep -v -e -wal -e -shm").output
      let refused = try sandbox.run("trap '' XFSZ; ulimit -f 200; ledger \(command)")
      #expect(refused.status == 74)
      #expect(refused.errors.hasPrefix("ledger: disk_full: "), "\(refused.errors)")
      #expect(try sandbox.run("ls | grep -v -e -wal -e -shm").output == before)
      #expect(try sandbox.run("ledger \(command)").status == 0)
      try sandbox.run("rm copy.db")
    }
  }

  @Test("of two restores to one place, one succeeds and the other is told")
  func twoRestores() throws {
    try sandbox.run("ledger backup kept.db")
    let racers = try (0..<4).map { _ in try sandbox.start("ledger restore kept.db --db new.db") }
    let outcomes = try racers.map { try $0.outcome() }
    #expect(outcomes.map(\.status).sorted() == [0, 73, 73, 73])
    #expect(try sandbox.run("ls | grep draft").output.isEmpty)
    #expect(
      try sandbox.run("ledger deposit a 1 --db new.db; ledger verify --db new.db").status == 0)
    #expect(try sandbox.run("sqlite3 new.db 'PRAGMA journal_mode'").output == "wal\n")
  }
}
