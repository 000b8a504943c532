import EventStore
import LedgerDomain
import LedgerKit
import Testing

/// The book at a cut, as the program prints it and as a program that embeds the ledger gets it.
@Suite("Accounts at a cut")
struct AccountsAtTests {
  private let sandbox: Sandbox

  /// Accounts in three currencies, one closed, one that counts from later on and one with a risky name.
  init() throws {
    sandbox = try Sandbox()
    let commands = [
      "init", "open zoo --currency USD --overdraft-limit 90 --effective 2024-01-01",
      "open @home --currency USD --effective 2024-01-01", "open shop/1 --currency JPY",
      "open gone --currency BHD --effective 2024-01-15", "open late --currency USD",
      "transfer zoo @home 12.34 --effective 2024-02-01",
      "deposit gone 1.005 --effective 2024-01-20", "withdraw gone 1.005 --effective 2024-02-29",
      "close gone --effective 2024-03-01", "deposit @home 0.01 --effective 2024-01-15",
      "deposit late 5 --effective 2024-02-10",
    ]
    for command in commands {
      let outcome = try sandbox.run("ledger \(command)")
      #expect(outcome.status == 0, "\(command): \(outcome.errors)")
    }
  }

  private func open() throws -> Ledger {
    try Ledger(
      path: sandbox.path("ledger.db"), options: .init(access: .readOnly),
      environment: .init(clockMicros: { Instant.latest.micros }, randomBytes: { _ in [] }))
  }

  /// The cuts as options, and as the library has them.
  private func cuts(_ ledger: Ledger) throws -> [(String, Cut)] {
    var recorded: [Instant] = []
    try ledger.forEachEvent(EventQuery()) {
      recorded.append(Instant(micros: $0.commit.header.recordedAtMicros))
    }
    let middle = recorded[8]
    func end(_ text: String) throws -> Instant {
      try Instant(parsing: text, edge: .end, now: .latest)
    }
    let days = try ["2023-12-31", "2024-01", "2024-02-09", "2024-02-29", "2024-03-01", "2999-12"]
      .map {
        ("--at \($0)", Cut.instants(effective: try end($0), known: nil))
      }
    let both = Cut.instants(effective: try end("2024-02-01"), known: middle)
    return days + (0...Int64(recorded.count)).map { ("--position \($0)", .position($0)) } + [
      ("--known-at \(middle)", .instants(effective: nil, known: middle)),
      ("--at 2024-02-01 --known-at \(middle)", both),
    ]
  }

  @Test("as CSV are, to the byte, the header and the lines that the library makes of the same cut")
  func csv() throws {
    let ledger = try open()
    var different: Set<String> = []
    for (options, cut) in try cuts(ledger) {
      var expected = TrialBalance.csvHeader
      try ledger.forEachBalance(at: cut) { expected += $0.csvLine }
      let printed = try sandbox.run("ledger accounts \(options) --format csv")
      #expect(printed.status == 0 && printed.errors.isEmpty)
      #expect(printed.output == expected, "\(options)")
      different.insert(expected)
    }
    #expect(different.count > 10)
    #expect(different.contains { $0.contains("\n'@home,USD,12.35,active,2\n") })
    #expect(different.contains { $0.contains("\ngone,BHD,0.000,closed,3\n") })
  }

  @Test("tell of each account what balance-at tells of it, and leave out those it doesn't know")
  func agreesWithBalanceAt() throws {
    let ledger = try open()
    var (found, absent) = (0, 0)
    for (_, cut) in try cuts(ledger) {
      var listed: [AccountID: PastBalance] = [:]
      try ledger.forEachBalance(at: cut) { listed[$0.accountID] = $0 }
      for id in try ["zoo", "@home", "shop/1", "gone", "late"].map({ try AccountID($0) }) {
        if let line = listed[id] {
          found += 1
          #expect(try ledger.balance(of: id, at: cut) == line)
        } else {
          absent += 1
          #expect(throws: Rejection.accountNotThereYet(id)) { try ledger.balance(of: id, at: cut) }
        }
      }
    }
    #expect(found > 40 && absent > 15)
  }
}
