import Foundation
import Testing

/// Several processes that want to write while another closes.
@Suite("Closing a period")
struct PeriodRaceTests {
  let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  @Test("while others record in it: what was acknowledged is in the totals, all else is refused")
  func race() throws {
    try sandbox.run(
      """
      ledger init; ledger open a --currency USD --effective 2026-01-01
      ledger deposit a 1 --effective 2026-03-31
      """)
    // Each goes on until it is refused, or a thousand are recorded.
    let script = """
      for i in $(seq 1000); do
        ledger deposit a 1 --effective 2026-03-31T12:00:00Z --format ndjson --busy-timeout 60 \
          >>$1.out 2>>$1.err || break
      done
      """
    try sandbox.write(script, to: "deposits.sh")
    let writers = try (1...3).map { try sandbox.start("sh deposits.sh w\($0)") }
    let closer = try sandbox.start(
      """
      i=0
      until [ -s w1.out ] && [ -s w2.out ] && [ -s w3.out ]; do
        i=$((i + 1)); [ $i -lt 6000 ] || exit 9
        sleep 0.01
      done
      ledger period close 2026-03 --format ndjson --busy-timeout 60
      """)
    let closing = try closer.outcome()
    #expect(closing.status == 0, "\(closing.errors)")
    let close = try #require(try Sandbox.objects(in: closing.output).first)
    let position = try #require(close["position"] as? Int)
    for writer in writers { _ = try writer.outcome() }
    var acknowledged = 0
    for name in ["w1", "w2", "w3"] {
      let receipts = try Sandbox.objects(in: try sandbox.read("\(name).out"))
      #expect(receipts.allSatisfy { ($0["position"] as? Int).map { $0 < position } == true })
      acknowledged += receipts.count
      let refusals = try Sandbox.objects(in: try sandbox.read("\(name).err"))
      let errors = refusals.compactMap { $0["error"] as? [String: Any] }
      #expect(errors.compactMap { $0["code"] as? String } == ["period_closed"])
      #expect(errors.first?["closedAtPosition"] as? Int == position)
    }
    let totals = try #require(close["totals"] as? [[String: String]])
    #expect(totals == [["currency": "USD", "total": "\(acknowledged + 1).00"]])
    #expect(position == acknowledged + 3)
    #expect(try sandbox.run("ledger period verify").status == 0)
    #expect(try sandbox.run("ledger verify").status == 0)
    #expect(try sandbox.run("ledger deposit a 1 --effective 2026-04-01").status == 0)
  }

  @Test("from four processes at once closes it once, and the others learn where")
  func closers() throws {
    try sandbox.run("ledger init; ledger open a --currency USD --effective 2026-01-01")
    let closers = try (0..<4).map { _ in
      try sandbox.start("ledger period close 2026-03 --format ndjson --busy-timeout 60")
    }
    let outcomes = try closers.map { try $0.outcome() }
    #expect(outcomes.map(\.status).sorted() == [0, 1, 1, 1])
    for outcome in outcomes where outcome.status == 1 {
      let error = try Sandbox.objects(in: outcome.errors).first?["error"] as? [String: Any]
      #expect(error?["code"] as? String == "period_closed")
      #expect(error?["closedAtPosition"] as? Int == 2)
    }
    #expect(try sandbox.run("ledger verify").output.hasPrefix("OK: 2 commits, 2 events"))
  }

  @Test("leaves nothing where it only read, nor on media that can't be written to")
  func readOnly() throws {
    try sandbox.run(
      """
      ledger init; ledger open a --currency USD --effective 2026-01-01
      ledger period close 2026-03; mkdir media; cp ledger.db media/
      """)
    let before = try sandbox.run("sha256sum ledger.db").output
    for command in ["period list", "period verify", "period close 2026-04 --dry-run"] {
      #expect(try sandbox.run("ledger \(command)").status == 0, "\(command)")
      #expect(try sandbox.run("sha256sum ledger.db").output == before, "\(command)")
    }
    try sandbox.run("chmod a-w media/ledger.db media")
    defer { _ = try? sandbox.run("chmod u+w media") }
    for command in ["period list", "period verify"] {
      #expect(try sandbox.run("ledger \(command) --db media/ledger.db").status == 0)
    }
  }
}
