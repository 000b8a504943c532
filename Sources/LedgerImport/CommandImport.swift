package import LedgerKit

/// What became of one line of a file of commands.
package enum CommandOutcome: Sendable {
  /// Booked now, or before under the same key.
  case receipt(Receipt)
  /// Malformed, or refused by a rule (then the error has a rejection); nothing was booked for it.
  case problem(InputError)
}

/// What became of a file of commands: how many lines met which end.
package struct CommandImportResult: Hashable, Sendable {
  package var booked: Int64 = 0
  /// Booked before, under the same key.
  package var replayed: Int64 = 0
  /// Well formed, and refused by a rule.
  package var refused: Int64 = 0
  /// Not understood.
  package var malformed: Int64 = 0

  package var lines: Int64 { booked + replayed + refused + malformed }

  mutating func count(_ outcome: CommandOutcome) {
    switch outcome {
    case .receipt(let receipt) where receipt.isReplay: replayed += 1
    case .receipt: booked += 1
    case .problem(let error) where error.rejection != nil: refused += 1
    case .problem: malformed += 1
    }
  }
}

/// Where the results of an import go, one line of output for each line of input.
package struct ResultSink {
  /// The line for an outcome.
  package var line: (CommandOutcome) -> [UInt8]
  /// Called with every line, in order, once nothing can take it back any more.
  package var write: ([UInt8]) throws -> Void
  /// Called when no further line is certain for now: what was written is to be seen.
  package var flush: () throws -> Void

  package init(
    line: @escaping (CommandOutcome) -> [UInt8], write: @escaping ([UInt8]) throws -> Void,
    flush: @escaping () throws -> Void
  ) {
    (self.line, self.write, self.flush) = (line, write, flush)
  }
}

/// An import that failed after some of its lines had been booked and their results written.
package struct InterruptedImport: Error {
  package let path: String
  /// The last line whose result was written.
  package let lastLine: Int64
  package let cause: any Error
}

/// Books commands, one JSON object a line, and answers each with a line.
package struct CommandImport {
  /// The file; `-` is standard input.
  let path: String
  /// What goes with every line that doesn't say otherwise.
  let options: CommandOptions
  /// The code of the currency of accounts that are opened without one; nil if there is none.
  package var defaultCurrency: String?
  /// Whether all lines are booked or none is; else each is a commit by itself.
  package var isAtomic = false
  /// Whether nothing is booked in any case.
  package var isDryRun = false

  package init(path: String, options: CommandOptions) {
    (self.path, self.options) = (path, options)
  }

  /// Books the file and writes a result for every line.
  ///
  /// Lines that are there already share a transaction; before it waits for more, they are committed
  /// and their results flushed. If `isAtomic`, throws `InputError` for the first line that is
  /// malformed or refused, and then nothing was booked or written. Throws `InterruptedImport` if it
  /// can't go on after some results were written.
  package func run(on ledger: Ledger, results: ResultSink) throws -> CommandImportResult {
    let run = CommandImportRun(
      self, ledger: ledger, source: try LineSource(path: path), results: results)
    return try run.finished()
  }
}
