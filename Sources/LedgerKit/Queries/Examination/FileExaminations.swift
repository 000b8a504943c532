import EventStore

// The file itself, and its log of writes.
extension Ledger {
  func examineFile(_ report: (Finding) throws -> Void) throws {
    let (problems, file) = try store.read { (try $0.structuralProblems(), try $0.statistics()) }
    for problem in problems {
      try report(
        Finding(
          .file, "structure", .problem,
          "\(problem); what can be read: ledger export events; then restore a backup: ledger "
            + "restore BACKUP --db NEW"))
    }
    if problems.isEmpty { try report(Finding(.file, "structure", "SQLite finds it whole")) }
    try report(
      Finding(
        .file, "size",
        "\(file.fileBytes) bytes in format \(file.format); \(file.freePages) of "
          + "\(file.fileBytes / file.pageBytes) pages are free"))
    try report(Finding(ofJournal: file.journalMode, path: store.path))
  }

  func examineLog() throws -> Finding {
    let file = try store.read { try $0.statistics() }
    return Finding(ofLog: file, readers: store.otherReaders() ?? [])
  }
}

extension Finding {
  /// How writes are kept safe until they are in the file.
  init(ofJournal mode: String, path: String) {
    guard mode != "wal" else {
      self.init(.file, "journal", "a log of writes beside it (wal)")
      return
    }
    self.init(
      .file, "journal", .warning,
      "its journal mode is \(mode), as that of a backup: who reads keeps others from writing; unless "
        + "it is shared over a network, run while nobody uses it: sqlite3 \(path) "
        + "'PRAGMA journal_mode = WAL'")
  }

  /// How large the log of writes is, and who keeps it from being copied into the file.
  init(ofLog file: StoreStatistics, readers: [Int32]) {
    guard file.journalMode == "wal" else {
      self.init(.log, "size", "there is none in this journal mode")
      return
    }
    let limit = file.logPagesBeforeCheckpoint * (file.pageBytes + StoreStatistics.logHeaderBytes)
    let size = "\(file.logBytes) bytes"
    // One large command may exceed it, until the log begins anew.
    guard readers.isEmpty ? file.isLogOverLimit : file.logBytes > limit else {
      self.init(.log, "size", "\(size); it is copied into the file every \(limit)")
      return
    }
    let processes = readers.map(String.init).joined(separator: ", ")
    let cause =
      readers.isEmpty
      ? "a large command or a long reader made it so, and has ended; it shrinks with the next writes"
      : "process \(processes) reads an older state just now, and as long as it does keeps it from "
        + "being copied into the file"
    self.init(
      .log, "size", .warning, "\(size), though it is copied into the file every \(limit): \(cause)")
  }
}
