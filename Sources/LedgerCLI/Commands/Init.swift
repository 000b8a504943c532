import ArgumentParser
import EventStore
import JSONText
import LedgerKit

extension LedgerCommand {
  /// Makes the file.
  struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "init",
      abstract: "Create the ledger's file.",
      discussion: """
        Only this creates a file. On an existing ledger it changes nothing and says so, but for \
        bringing an older file format up to date, like any command that writes.

        Example:
          ledger init --db shop.db
        """)

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let target = try output.open(for: ledger)
      let path = ledger.resolvedPath
      let isNew = try create(path)
      let (book, isMigrated) = try openExisting(path, isNew: isNew)
      let record: Record = [
        JSONMember("ledgerId", .string(book.id)), JSONMember("path", .string(path)),
        JSONMember("created", .bool(isNew)),
      ]
      try output.print(record, to: target) {
        isNew
          ? "Created \(path.visible) (ledger \(book.id)).\n"
          : "\(path.visible) is a ledger already (\(book.id)); "
            + (isMigrated ? "its file is up to date now.\n" : "nothing was changed.\n")
      }
    }

    private func create(_ path: String) throws -> Bool {
      do {
        try Ledger.create(at: path, environment: .system)
        return true
      } catch StoreFileError.alreadyExists {
        return false
      }
    }

    private func openExisting(
      _ path: String, isNew: Bool
    ) throws -> (book: Ledger, isMigrated: Bool) {
      do {
        let book = try ledger.openForReading()
        guard try book.projectionProblem() != nil else { return (book, false) }
        let writing = try ledger.openForWriting()
        try writing.bringUpToDate()
        return (writing, true)
      } catch StoreFileError.tooOld {
        return (try ledger.openForWriting(), true)
      } catch StoreFileError.notAStore where !isNew {
        throw StoreFileError.alreadyExists(path: path)
      } catch StoreFileError.missing where !isNew {
        // A link that leads nowhere.
        throw StoreFileError.alreadyExists(path: path)
      }
    }
  }
}
