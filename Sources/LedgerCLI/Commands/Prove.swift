import ArgumentParser
import EventStore
import JSONText
import LedgerImport
import LedgerKit

extension LedgerCommand {
  /// Writes a proof for somebody without the ledger.
  struct Prove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "prove",
      abstract: "Write a small file that proves one event to somebody without the ledger.",
      discussion: """
        The proof holds the event with its text, and the hashes that lead from it to a checkpoint: \
        the one in the file that you name, of several the last, else one of all there is now. \
        Whoever has that checkpoint checks it with 'ledger verify-proof'. With --consistency it \
        proves that the history of the checkpoint in file B begins with that of the one in file A.

        Example:
          ledger prove 204 --checkpoint april.txt -o payment.json
          ledger prove --consistency april.txt may.txt
        """)

    @Argument(help: ArgumentHelp("The event's global position.", valueName: "position"))
    var words: [Word] = []

    @Flag(help: "Prove that one checkpoint extends another: two files, the earlier first.")
    var consistency = false

    @Option(
      help: ArgumentHelp("A file with the checkpoint that the proof is for.", valueName: "file"))
    var checkpoint: [String] = []

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      if consistency {
        guard words.count == 2 else {
          throw ValidationError("--consistency takes two files with a checkpoint each")
        }
        guard checkpoint.isEmpty else {
          throw ValidationError("--consistency takes its checkpoints as two arguments")
        }
      } else {
        guard words.count == 1 else { throw ValidationError("name one position, such as 204") }
        guard checkpoint.count < 2 else {
          throw ValidationError("a proof is made for one checkpoint; name one --checkpoint")
        }
        _ = try position()
      }
    }

    func run() throws {
      let target = try output.open(
        for: ledger, inputs: checkpoint + (consistency ? words.map(\.text) : []))
      let book = try ledger.openForReading()
      let proof: ProofRecord =
        if consistency { .consistency(try consistencyProof(book)) } else {
          .inclusion(
            try book.proveInclusion(
              of: position(),
              in: checkpoint.first.map { try NotesFile.lastCheckpoint(in: $0, of: book.id) }))
        }
      let record = try proof.record()
      try output.print(record, to: target) {
        String(decoding: JSONValue.object(record).pretty, as: UTF8.self) + "\n"
      }
    }

    private func position() throws -> Int64 {
      guard let position = Int64(words[0].text), position > 0 else {
        throw ValidationError("'\(words[0].text)' is no position; positions are 1, 2, 3, …")
      }
      return position
    }

    private func consistencyProof(_ book: Ledger) throws -> ConsistencyProof {
      let (first, second) = (
        try NotesFile.lastCheckpoint(in: words[0].text, of: book.id),
        try NotesFile.lastCheckpoint(in: words[1].text, of: book.id)
      )
      guard first.treeSize <= second.treeSize else {
        throw UsageError(
          message: "the checkpoint in \(words[0].text) is the later one (\(first.treeSize) "
            + "commits, the other has \(second.treeSize)); name the earlier first")
      }
      return try book.proveConsistency(from: first, to: second)
    }
  }
}
