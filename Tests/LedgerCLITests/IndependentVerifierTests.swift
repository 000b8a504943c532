import Foundation
import Testing
import TestSupport

/// `fixtures/verifier/verify_ledger.py`: written in another language, from `FORMAT.md` alone.
@Suite(
  "An independent verifier",
  .enabled(if: IndependentVerifier.isInstalled, "it needs python3, which is not installed"))
struct IndependentVerifierTests {
  let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  private func verify(_ arguments: String) throws -> Sandbox.Outcome {
    try sandbox.run("python3 '\(IndependentVerifier.script.path)' \(arguments)")
  }

  /// A ledger with every kind of commit, an erasure, and enough commits for two levels of stored nodes.
  private func makeLedger() throws {
    let commands = (1...620).map { number in
      #"{"command":"deposit","account":"a","amount":"\#(number)","idempotencyKey":"k\#(number)"}"#
    }
    try sandbox.write(commands.joined(separator: "\n"), to: "commands")
    try sandbox.run(
      """
      set -e
      ledger init; ledger checkpoint > empty
      ledger open a --currency USD --holder "Ann Ä." --reason "new client"
      ledger open b --currency USD --overdraft-limit 10
      ledger checkpoint > early
      ledger deposit a 5 --description "Cash, 5 €" --effective 2026-01-01 --causation-id x
      ledger withdraw b 3 --effective 2026-01-02 --allow-past-overdraft --reason slip
      ledger transfer a b 2 --description "Rent" --idempotency-key r --correlation-id c
      ledger change b --holder Bob; ledger snapshot create --all
      ledger import commands commands
      ledger checkpoint > late
      ledger erase 3 --reason "asked for"
      ledger open c --currency EUR; ledger close c
      ledger period close 2026-01 --reason "signed"; ledger period close 2026-02
      ledger period reopen --reason "late"
      ledger checkpoint > now
      """)
  }

  @Test("accepts what the program made: files, checkpoints, proofs of both kinds")
  func good() throws {
    try makeLedger()
    let found = try sandbox.run("ledger verify --format ndjson").output
    let whole = try verify("ledger.db --checkpoint empty --checkpoint late --checkpoint now")
    #expect(whole.status == 0, "\(whole.output)\(whole.errors)")
    let head = try #require(whole.output.split(separator: " ").last?.dropLast())
    #expect(found.contains(#""headHash":"\#(head)""#))
    for position in [1, 2, 3, 6, 7, 300, 627] {
      let proved = try sandbox.run("ledger prove \(position) --checkpoint late -o proof")
      #expect(proved.status == 0, "\(proved.errors)")
      #expect(try verify("--proof proof --checkpoint late").status == 0, "\(position)")
      #expect(try sandbox.run("ledger verify-proof proof --checkpoint late").status == 0)
    }
    for (first, second) in [("empty", "late"), ("early", "late"), ("late", "now")] {
      try sandbox.run("ledger prove --consistency \(first) \(second) -o proof")
      for trusted in ["--checkpoint \(second)", "--checkpoint \(first) --checkpoint \(second)"] {
        #expect(try verify("--proof proof \(trusted)").status == 0, "\(first)")
      }
    }
  }

  @Test("accepts the ledgers that are kept of the formats that it knows, and no others")
  func kept() throws {
    let folder = Program.fixtures.appendingPathComponent("ledgers")
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let copy = sandbox.path("kept.db")
      try? FileManager.default.removeItem(atPath: copy)
      try FileManager.default.copyItem(
        atPath: folder.appendingPathComponent(name).path, toPath: copy)
      #expect(try verify("kept.db").status == (name > "format-2.ledger" ? 0 : 1), "\(name)")
    }
  }

  @Test(
    "refuses what somebody changed, as the program does",
    arguments: [
      "UPDATE recorded_events SET data = replace(data, '5.00', '6.00') WHERE position = 3",
      "UPDATE recorded_events SET stream_position = 9999 WHERE position = 300",
      "UPDATE commits SET recorded_at_us = recorded_at_us + 1 WHERE commit_number = 400",
      "UPDATE commits SET effective_at_us = NULL WHERE commit_number = 3",
      "UPDATE commits SET causation_id = 'y' WHERE commit_number = 3",
      "UPDATE actors SET actor = 'somebody'", "UPDATE store SET store_id = 'another'",
      "UPDATE personal_texts SET text = 'Bill' WHERE text = 'Bob'",
      "UPDATE personal_texts SET field = 'holder' WHERE text = 'Rent'",
      "DELETE FROM personal_texts WHERE text = 'Bob'",
      "DELETE FROM recorded_events WHERE position = 300",
      "DELETE FROM commits WHERE commit_number = 620",
      "UPDATE tree_nodes SET node_hash = zeroblob(32) WHERE level = 9",
      "DELETE FROM tree_nodes WHERE level = 8 AND node_index = 1",
      "INSERT INTO tree_nodes VALUES (8, 2, zeroblob(32))",
      """
      DELETE FROM recorded_events WHERE position > 627; DELETE FROM commits WHERE last_position > 627
      """,
    ])
  func tampered(_ sql: String) throws {
    try makeLedger()
    try sandbox.write(sql, to: "sql")
    let changed = try sandbox.run(
      """
      python3 -c 'import sqlite3
      db = sqlite3.connect("ledger.db")
      query = "SELECT name FROM sqlite_schema WHERE type = ?"
      for name, in list(db.execute(query, ("trigger",))):
        db.execute("DROP TRIGGER " + name)
      db.executescript(open("sql").read())'
      """)
    #expect(changed.status == 0, "\(changed.errors)")
    let outcome = try verify("ledger.db --checkpoint now")
    #expect(outcome.status == 1 && outcome.output.hasPrefix("NOT OK"), "\(outcome.output)")
    #expect(outcome.errors.isEmpty)
  }

  @Test("refuses proofs that were changed, or are of another history")
  func alteredProofs() throws {
    try makeLedger()
    try sandbox.run(
      """
      ledger prove 6 --checkpoint late -o proof; ledger prove --consistency early late -o extends
      sed 's/Rent/rent/' proof > text; sed 's/2.00/3.00/' proof > data
      sed 's/"number": 5/"number": 6/' proof > number; sed 's/"c"/"d"/' proof > header
      sed 's/"treeSize": 2,/"treeSize": 3,/' extends > size
      head -c 900 proof > cut; sed 's/"field": "description"/"field": "amount"/' proof > field
      sed 's/"number": 5/"number": -9223372036854775808/' proof > least
      sed 's/"position": 2,/"position": 900,/' extends > position
      """)
    let altered = [
      "text", "data", "number", "header", "size", "cut", "field", "least", "position", "late",
      "nothing",
    ]
    for file in altered {
      let outcome = try verify("--proof \(file) --checkpoint late --checkpoint early")
      #expect(outcome.status == 1 && outcome.errors.isEmpty, "\(file): \(outcome.output)")
      let own = try sandbox.run(
        "ledger verify-proof \(file) --checkpoint late --checkpoint early")
      #expect(own.status == (file == "nothing" ? 66 : 65), "\(file): \(own.output)")
    }
    #expect(try verify("--proof proof --checkpoint early").status == 1)
    #expect(try verify("--proof proof --checkpoint late").status == 0)
    #expect(try verify("--proof extends --checkpoint empty").status == 1)
  }
}

enum IndependentVerifier {
  static let script = Program.fixtures.appendingPathComponent("verifier/verify_ledger.py")

  static var isInstalled: Bool {
    ["/usr/local/bin", "/usr/bin", "/bin"].contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/python3")
    }
  }
}
