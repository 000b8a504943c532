import EventStore
import LedgerImport

extension [NotesFile] {
  /// That a ledger holds the history of all that was noted, for people; a line.
  var heldText: String {
    let heads = flatMap(\.heads)
    let errors = reduce(0) { $0 + $1.errors }
    let kinds = [
      ("checkpoint", heads.filter { $0.tree != nil }.count),
      ("receipt", heads.filter { $0.tree == nil }.count),
    ]
    let counts = kinds.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)\($0.1 == 1 ? "" : "s")" }
    let skipped = errors == 0 ? "" : " (\(errors) lines are errors: nothing was recorded then)"
    return "  holds the history of \(counts.joined(separator: " and "))\(skipped)\n"
  }
}
