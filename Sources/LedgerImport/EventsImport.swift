package import EventStore
import LedgerDomain
package import LedgerKit
import SQLite

/// Loads an exported ledger into one without commits: the copy has the same head hash.
package struct EventsImport {
  /// One commit holds its texts several times over: with escapes, and in both legs of a transfer.
  private static let longestLineBytes = 64 * LineSource.longestLineBytes

  /// The file; `-` is standard input.
  let path: String

  package init(path: String) { self.path = path }

  /// Loads the whole file, all of it or nothing, and returns where the log ends then.
  ///
  /// Texts that an erasure in the file names are erased, should a line before it have them still; nil as
  /// `residue` means that nothing of them is left. Throws `InputError` for the first line that is
  /// malformed, doesn't follow the line before, or whose hash is not that of its content, and at the end
  /// for a text that is missing though no erasure names it; and `Rejection.ledgerNotEmpty`.
  package func run(on ledger: Ledger) throws -> (head: LogHead, residue: Residue?) {
    let lines = try LineSource(path: path, longestBytes: Self.longestLineBytes)
    do {
      let (head, residue) = try ledger.restoring { try load(lines, into: $0) }
      return (head, residue)
    } catch let error as RestoreError {
      throw InputError(path: path, problem: "position \(error.position): \(error.problem)")
    }
  }

  private func load(_ lines: LineSource, into restoration: Restoration) throws -> LogHead {
    guard restoration.head.commitNumber == 0 else {
      throw Rejection.ledgerNotEmpty(commits: restoration.head.commitNumber)
    }
    var ledgerID: String?
    while let line = try lines.next() {
      let commit = try commit(line)
      if ledgerID == nil {
        try restoration.takeOver(ledgerID: commit.ledgerID)
        ledgerID = commit.ledgerID
      }
      guard commit.ledgerID == ledgerID else {
        throw failure(line, "it is from another ledger than the lines before")
      }
      try record(commit, line, restoration)
    }
    guard ledgerID != nil else {
      throw InputError(path: path, problem: "it is empty; expected one commit a line")
    }
    return restoration.head
  }

  private func commit(_ line: InputLine) throws(InputError) -> CommitLine {
    guard let bytes = line.bytes else {
      throw failure(line, "it is longer than \(Self.longestLineBytes) bytes")
    }
    guard !bytes.isEmpty else { throw failure(line, "it is empty; every line is one commit") }
    do {
      return try CommitLine(parsing: bytes)
    } catch {
      throw failure(line, error.problem)
    }
  }

  private func record(
    _ commit: CommitLine, _ line: InputLine, _ restoration: Restoration
  ) throws {
    do {
      try restoration.record(commit.events)
    } catch let error as RestoreError {
      throw failure(line, "position \(error.position): \(error.problem)")
    } catch let error as EventDecodingError {
      throw failure(line, "position \(error.position): \(error.problem)")
    } catch let problem as StoreProblem {
      let position = problem.position ?? commit.events[0].position
      throw failure(line, "position \(position): \(problem.problem)")
    }
  }

  private func failure(_ line: InputLine, _ problem: String) -> InputError {
    InputError(path: path, line: line.number, problem: problem)
  }
}
