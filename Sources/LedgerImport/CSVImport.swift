package import LedgerKit

/// What became of a file's rows.
package struct ImportResult: Hashable, Sendable {
  package var rows: Int64 = 0
  package var booked: Int64 = 0
  /// Booked by an earlier import.
  package var replayed: Int64 = 0
  /// Well formed, and refused by a rule.
  package var refused: Int64 = 0
  /// Not understood.
  package var malformed: Int64 = 0
  package var accountsOpened: Int64 = 0
  /// Days on which the bank's own balance differs from ours.
  package var balanceDifferences: Int64 = 0
  /// The last global position that the import's rows stand at, booked now or before; 0 for none.
  package var position: Int64 = 0
}

/// Books the rows of a bank's statement, each as a commit of its own.
package struct CSVImport {
  /// What happens to a file with a row that can't be booked.
  package enum Mode: Hashable, Sendable {
    /// Nothing of the file is booked.
    case allOrNothing
    /// The other rows are.
    case each
    /// Nothing is booked in any case.
    case dryRun
  }

  let path: String
  let mapping: CSVMapping
  let options: CommandOptions
  let mode: Mode
  /// Called for each row that can't be booked, and for each difference to the bank's own balance.
  package var onProblem: (InputError) -> Void = { _ in }
  /// Called now and then with the number of rows seen.
  package var onProgress: (Int64) -> Void = { _ in }
  /// Called for each receipt.
  package var onReceipt: (Int, Receipt) throws -> Void = { _, _ in }

  /// `options` go with every row; key and effective time are the row's own.
  package init(path: String, mapping: CSVMapping, options: CommandOptions, mode: Mode) {
    (self.path, self.mapping, self.options, self.mode) = (path, mapping, options, mode)
  }

  /// Books the file. Throws `InputError` for the first problem in the mode `allOrNothing`, and in any
  /// mode if the file can't be read to its end.
  package func run(on ledger: Ledger) throws -> ImportResult {
    var reader = CSVReader(
      try TextSource(path: path, encoding: mapping.encoding), delimiter: mapping.delimiter)
    try reader.skip(lines: mapping.skippedLines)
    guard let header = try reader.next() else {
      throw InputError(path: path, problem: "it is empty; expected a header and rows")
    }
    let parser = try RowParser(header: header, path: path, mapping: mapping)
    let run = try ImportRun(self, ledger: ledger, reader: reader, parser: parser)
    return try run.finished()
  }
}
