import ArgumentParser
import EventStore
import JSONText
import LedgerKit

extension LedgerCommand {
  /// Copies the ledger.
  struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "backup",
      abstract: "Copy the ledger to a new file, checked, while others write.",
      discussion: """
        The copy is one plain file, readable by its owner alone: all commits up to the one that was \
        last when it began. Others may read and write meanwhile. It is checked like 'ledger verify' \
        checks a ledger, and only then gets its name; whatever fails before leaves no such file. What \
        stands at DEST already is never overwritten.

        A ledger of an older file format is backed up as it is, say before it is migrated.

        A backup holds all text about people that was not erased by then: erasing in the ledger does \
        not reach it. Keep the receipt (--format json) elsewhere: it proves later whether a ledger \
        still holds this history.

        Exit status 73 if DEST exists or can't be made, 74 if there is no room, 65 if the ledger is \
        damaged; 'ledger verify' says where.

        Example:
          ledger backup /mnt/safe/ledger-monday.db
          ledger backup "ledger-$(date +%F).db" --format ndjson >> backups.ndjson
          ledger restore /mnt/safe/ledger-monday.db --db restored.db
        """)

    @Argument(help: ArgumentHelp("The new file.", valueName: "dest"))
    var destination: String

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard !["", "-"].contains(destination) else {
        throw ValidationError("name the new file: a backup is one, and no stream")
      }
    }

    func run() throws {
      let target = try output.open(for: ledger, inputs: [destination])
      let path = ledger.resolvedPath
      let copy = try make(path)
      try output.print(copy.record(command: "backup", []), to: target) {
        "Backed up \(path.visible) to \(destination.visible) (ledger \(copy.ledgerID.visible)).\n"
          + copy.contentText
      }
    }

    private func make(_ path: String) throws -> LedgerCopy {
      let progress = CopyProgress()
      defer { progress.erase() }
      do {
        return try Ledger.backUp(
          path, to: destination, busyTimeoutMilliseconds: ledger.busyTimeoutMilliseconds,
          environment: .system, progress: progress.update)
      } catch StoreFileError.alreadyExists {
        throw Failure(
          status: ExitStatus.cannotCreate, code: "cannot_create",
          message: "\(destination) exists, and a backup overwrites nothing; choose another name")
      }
    }
  }
}
