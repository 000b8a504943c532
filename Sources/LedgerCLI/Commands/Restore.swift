import ArgumentParser
import EventStore
import JSONText
import LedgerImport
import LedgerKit

extension LedgerCommand {
  /// Makes a ledger from a backup.
  struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "restore",
      abstract: "Make the ledger from a backup, checked.",
      discussion: """
        Makes the file --db, which must not exist: move it away first, together with FILE-wal if there \
        is one. The backup stays as it is. It is checked like 'ledger verify' checks a ledger before \
        anything gets that name.

        What was recorded after the backup is not in it. With --against, a backup that lacks what a \
        checkpoint or a receipt speaks of is refused; without, find out afterwards with: ledger verify \
        --against FILE. Positions after the backup will be given again, to other events: tell programs \
        that remember positions, and set their subscriptions right.

        Exit status 73 if the file exists or can't be made, 65 if the backup is none, is damaged, or \
        lacks what it was held against.

        Example:
          mv ledger.db damaged.db; mv ledger.db-wal damaged.db-wal
          ledger restore /mnt/safe/ledger-monday.db --against receipts.ndjson
        """)

    @Argument(help: ArgumentHelp("The backup.", valueName: "backup"))
    var backup: String

    @Option(
      help: ArgumentHelp(
        "A file of checkpoints, or of receipts in JSON, that the backup must hold.",
        valueName: "file"))
    var against: [String] = []

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard against.count(where: { $0 == "-" }) < 2 else {
        throw ValidationError("standard input can be read once")
      }
    }

    func run() throws {
      let target = try output.open(for: ledger, inputs: [backup] + against)
      let notes = try against.map(NotesFile.init(path:))
      let copy = try make(ledger.resolvedPath, against: notes.flatMap(\.heads))
      let members: Record =
        [JSONMember("backup", .string(backup))]
        + (against.isEmpty
          ? [] : [JSONMember("against", .integer(Int64(notes.flatMap(\.heads).count)))])
      try output.print(copy.record(command: "restore", members), to: target) {
        "Restored \(copy.path.visible) from \(backup.visible) (ledger \(copy.ledgerID.visible)).\n"
          + copy.contentText
          + (notes.isEmpty
            ? "Whether anything recorded later is lost, a checkpoint or receipt that you kept can tell:\n"
              + "  ledger verify --against FILE\n"
            : notes.heldText)
      }
    }

    private func make(_ path: String, against heads: [NotedHead]) throws -> LedgerCopy {
      let progress = CopyProgress()
      defer { progress.erase() }
      do {
        return try Ledger.restore(
          path, from: backup, against: heads,
          busyTimeoutMilliseconds: ledger.busyTimeoutMilliseconds, environment: .system,
          progress: progress.update)
      } catch StoreFileError.alreadyExists {
        throw Failure(
          status: ExitStatus.cannotCreate, code: "cannot_create",
          message: "\(path) exists, and restoring overwrites nothing; move it away first, with "
            + "\(path)-wal if there is one, or name another file with --db")
      } catch StoreFileError.missing {
        throw Failure(
          status: ExitStatus.notFound, code: "backup_not_found",
          message: "there is no backup \(backup)")
      } catch StoreFileError.notAStore(_, let found) {
        throw Failure(
          status: ExitStatus.badData, code: "not_a_ledger",
          message: "\(backup) is no backup of a ledger but \(found)")
      }
    }
  }
}
