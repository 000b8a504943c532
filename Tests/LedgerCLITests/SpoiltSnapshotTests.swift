import EventStore
import LedgerKit
import Testing

/// Snapshots that hold what they should not.
@Suite("A spoilt snapshot")
struct SpoiltSnapshotTests {
  /// Whatever was in a stream, this saves the text that the test wants.
  private struct Impostor: Aggregate {
    @TaskLocal static var text = ""

    init(streamID: String) {}
    mutating func evolve(_ event: RecordedEvent) {}

    static var snapshots: SnapshotCodec<Impostor>? {
      SnapshotCodec(
        version: 1, encode: { _ in Array(text.utf8) },
        decode: { streamID, _ in Impostor(streamID: streamID) })
    }
  }

  let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    try sandbox.makeLedger(deposits: 5)
  }

  /// Plants `text` as the state of account `a` at its last version, with a checksum to match.
  private func plant(_ text: String) throws {
    let configuration = EventStore.Configuration(
      applicationID: Ledger.applicationID, clockMicros: { 0 })
    let store = try EventStore(
      path: sandbox.path("ledger.db"), access: .readWrite, configuration: configuration)
    let isSaved = try Impostor.$text.withValue(text) {
      try store.write { transaction in
        var loaded = try transaction.log.load(Impostor.self, "BankAccount-a")
        return try transaction.saveSnapshot(of: &loaded)
      }
    }
    #expect(isSaved)
  }

  /// Expects that every check ends with 65 and names `problem`.
  private func expectFound(_ problem: String) throws {
    for command in ["verify", "snapshot verify", "snapshot verify a", "doctor"] {
      let outcome = try sandbox.run("ledger \(command)")
      #expect(outcome.status == 65, "\(command)")
      #expect(outcome.output.contains(problem), "\(command): \(outcome.output)")
    }
    let json = try sandbox.run("ledger snapshot verify --format ndjson")
    #expect(json.status == 65)
    #expect(json.output.contains(#""version":5,"#))
    #expect(json.output.contains(#""ok":false,"problem":"\#(problem)"#))
    #expect(try sandbox.run("ledger doctor --upcasters").status == 0)
    #expect(try sandbox.run("ledger snapshot verify b").status == 0)
  }

  @Test("that is no state is passed over with one note, found, and replaced by the next command")
  func unreadable() throws {
    try plant("[]")
    try expectFound("its state can't be read: it lacks a version, a currency or a status")
    let note = """
      ledger: note: the snapshot of BankAccount-a at version 5 is ignored (its state can't be \
      read: it lacks a version, a currency or a status); the next command that writes to it replaces it

      """
    let rehearsal = try sandbox.run("ledger deposit a 1 --dry-run")
    #expect(rehearsal.status == 0)
    #expect(rehearsal.output.contains("  a  6.00 USD  (version 6)"))
    #expect(rehearsal.errors == note)
    let deposit = try sandbox.run("ledger deposit a 1 --format ndjson")
    #expect(deposit.status == 0)
    #expect(deposit.output.contains(#""balance":"6.00""#))
    let words = note.dropFirst("ledger: note: ".count).dropLast()
    #expect(
      deposit.errors == "{\"notice\":{\"code\":\"snapshot_ignored\",\"message\":\"\(words)\"}}\n")
    for check in ["verify", "snapshot verify", "doctor"] {
      let outcome = try sandbox.run("ledger \(check)")
      #expect(outcome.status == 0)
      #expect(outcome.errors.isEmpty)
    }
    #expect(try sandbox.run("ledger snapshot list a | tail -n +2 | wc -l").output == "1\n")
  }

  @Test("that differs from its events is found, and gone once it is pruned")
  func wrong() throws {
    try plant(
      #"{"version":5,"status":"active","currency":"USD","balance":"9.00","overdraftLimit":"0.00"}"#)
    try expectFound("it differs from its events")
    #expect(try sandbox.run("ledger snapshot prune a --all").output == "Removed 1 snapshot.\n")
    #expect(try sandbox.run("ledger balance-at a now").output == "a  5.00 USD\n")
    #expect(try sandbox.run("ledger verify").status == 0)
  }
}
