import ArgumentParser
import EventStore
import JSONText
import LedgerDomain
import LedgerImport
import LedgerKit

extension LedgerCommand {
  /// Checks a proof without a ledger.
  struct VerifyProof: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify-proof",
      abstract: "Check a proof against a checkpoint that you trust; needs no ledger.",
      discussion: """
        The checkpoint has to come from somewhere else than the proof: what you kept, or what \
        somebody has signed. Exit status 65 if the proof doesn't hold.

        Example:
          ledger verify-proof payment.json --checkpoint april.txt
        """)

    @Argument(help: "The proof, or - for standard input.")
    var file: Word

    @Option(
      help: ArgumentHelp("A file with one or many checkpoints that you trust.", valueName: "file"))
    var checkpoint: [String]

    @OptionGroup var output: OutputOptions

    func run() throws {
      let target = try Output(path: output.output, protecting: [file.text] + checkpoint)
      let trusted = try checkpoint.flatMap(NotesFile.checkpoints)
      let proof = try ProofRecord(path: file.text)
      do throws(ProofError) {
        try proof.check(against: trusted)
      } catch {
        let record: Record = [
          JSONMember("ok", .bool(false)), JSONMember("proves", .string(proof.name)),
          JSONMember("problem", .string(error.problem)),
        ]
        try output.print(record, to: target) { "NOT PROVED: \(error.problem)".visible + "\n" }
        throw ExitCode(ExitStatus.badData)
      }
      try output.print(proof.facts, to: target) { proof.text }
    }
  }
}

extension ProofRecord {
  /// What was proved, for scripts.
  fileprivate var facts: Record {
    let start = [JSONMember("ok", .bool(true)), JSONMember("proves", .string(name))]
    switch self {
    case .inclusion(let proof):
      return start + [JSONMember("ledgerId", .string(proof.checkpoint.storeID))]
        + [
          JSONMember("treeSize", .integer(proof.checkpoint.treeSize)),
          JSONMember("event", .object(proof.event.record)),
        ]
    case .consistency(let proof):
      return start + [
        JSONMember("ledgerId", .string(proof.first.storeID)),
        JSONMember("first", .object(Self.tree(of: proof.first))),
        JSONMember("second", .object(Self.tree(of: proof.second))),
      ]
    }
  }

  /// What was proved, for people.
  fileprivate var text: String {
    let lines =
      switch self {
      case .inclusion(let proof):
        [
          "PROVED: this event is in the history of ledger \(proof.checkpoint.storeID) up to position "
            + "\(proof.checkpoint.position)."
        ] + Self.rows(of: proof.event).map { "  \($0): \($1)" }
      case .consistency(let proof):
        [
          "PROVED: the history of ledger \(proof.second.storeID) with \(proof.second.treeSize) "
            + "commits begins with that of \(proof.first.treeSize)."
        ]
      }
    return lines.map { $0.visible + "\n" }.joined()
  }

  /// What the proof shows of a checkpoint that need not be known: nothing but its tree.
  private static func tree(of checkpoint: Checkpoint) -> Record {
    CheckpointRecord.record(of: checkpoint).filter { ["treeSize", "treeRoot"].contains($0.name) }
  }

  private static func rows(of event: RecordedEvent) -> [(String, String)] {
    let header = event.commit.header
    let erased = event.commit.isReasonErased ? Erased.mark : nil
    let data = event.payload.map {
      ($0.name, $0.value.string ?? String(decoding: $0.value.compact, as: UTF8.self))
    }
    let more: [(String, String?)] = [
      ("actor", header.actor), ("reason", event.commit.reason?.text ?? erased),
      ("correlation id", header.correlationID), ("causation id", header.causationID),
      ("idempotency key", header.idempotencyKey),
    ]
    return [
      ("position", "\(event.position)"), ("stream", event.streamID),
      ("event", event.type),
      ("recorded", Instant(micros: header.recordedAtMicros).description),
      ("counts from", Instant(micros: header.effectiveAtMicros).description),
    ] + data + more.compactMap { name, value in value.map { (name, $0) } }
  }
}
