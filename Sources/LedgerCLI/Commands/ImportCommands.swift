import ArgumentParser
import JSONText
import LedgerImport
import LedgerKit

extension LedgerCommand.Import {
  /// Books commands that a program wrote.
  struct Commands: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "commands",
      abstract: "Book commands, one JSON object a line, and answer each with a line.",
      discussion: """
        FILE has one command a line. Each is a commit by itself and is answered on standard \
        output, in the same order: with its receipt, or with \
        {"error":{"code":…,"message":…,"line":…}}; lines after a refused or malformed one go on. A \
        line is answered only once it is durable. Lines that are there already share one write to \
        the disk; before it waits for more, everything is written and answered, so that a program \
        may write a line, read its answer, and go on.

        Fields are the JSON names of the arguments and options of each command; null is as good as \
        absent. With "command" go "actor", "reason", "correlationId", "causationId", \
        "idempotencyKey", "expectedVersion", "effectiveAt", "allowPastOverdraft" and "corrects", and
          open      account, currency, holder, overdraftLimit
          change    account, holder, overdraftLimit
          deposit   account, amount, currency, description
          withdraw  account, amount, currency, description
          transfer  from, to, amount, currency, description, expectedVersionTo
          close     account
          reverse   position, description; "effectiveAt" may be "original"

        Amounts are texts: "5.00"; positions are numbers: 17. What a line doesn't say, the options \
        below and $LEDGER_CURRENCY say for all lines. The same file again, with a key on each \
        line, books nothing new.

        With --atomic all lines are booked or none is, and the answers come at the end. With \
        --atomic and with --dry-run, other programs can't write until FILE ends.

        Answers are always one JSON object a line; with --format ndjson, so is what goes to \
        standard error.

        Exit status: 0 all booked, 65 a line was malformed, else 1 a line was refused; and those \
        of every command.

        Example:
          ledger import commands payments.ndjson > results.ndjson
          echo '{"command":"close","account":"acct-42"}' | ledger import commands -
        """)

    @Argument(help: "The file, or - for standard input.")
    var file: Word

    @Flag(help: "Book all lines or none: stop at the first that can't be booked.")
    var atomic = false

    @Flag(help: "Show the receipts that would be; write nothing.")
    var dryRun = false

    @OptionGroup var shared: ImportOptions
    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard output.format == .text || output.format == .ndjson else {
        throw ValidationError("answers are one JSON object a line: use --format ndjson")
      }
    }

    func run() throws {
      let target = try output.open(for: ledger, inputs: [file.text], isStreamed: true)
      let book = try ledger.openForWriting(
        acceptsClockBehind: shared.acceptClock, isDryRun: dryRun)
      var job = CommandImport(path: file.text, options: shared.commandOptions(on: book))
      job.defaultCurrency = ProcessEnvironment["LEDGER_CURRENCY"]
      job.isAtomic = atomic
      job.isDryRun = dryRun
      let result: CommandImportResult
      do {
        result = try job.run(on: book, results: results(to: target))
      } catch let error as InterruptedImport {
        // What was answered is durable; so is to be the file of answers.
        try Self.finish(target)
        throw error
      }
      try Self.finish(target)
      if output.format == .text, Diagnostics.isTerminal {
        Diagnostics.write(result.summary(dryRun))
      }
      if result.malformed > 0 { throw ExitCode(ExitStatus.badData) }
      if result.refused > 0 { throw ExitCode(ExitStatus.refused) }
    }

    /// Nobody who went away misses the last answers.
    private static func finish(_ target: Output) throws {
      do { try target.finish() } catch is ClosedPipe {}
    }

    /// Writes answers until nobody reads them any more; what is asked for is booked all the same.
    private func results(to target: Output) -> ResultSink {
      var isRead = true
      func whileRead(_ write: () throws -> Void) throws {
        guard isRead else { return }
        do {
          try write()
        } catch is ClosedPipe {
          isRead = false
        }
      }
      return ResultSink(
        line: { [dryRun] outcome in
          switch outcome {
          case .receipt(let receipt): JSONValue.object(receipt.record(isDryRun: dryRun)).compact
          case .problem(let error): Array(Failure(error).json.utf8)
          }
        },
        write: { line in
          try whileRead {
            try target.write(line)
            try target.write("\n")
          }
        },
        flush: { try whileRead(target.flush) })
    }
  }
}

extension CommandImportResult {
  /// For people: the counts.
  fileprivate func summary(_ isDryRun: Bool) -> String {
    let parts = [
      (booked, "booked"), (replayed, "booked before"), (refused, "refused"),
      (malformed, "malformed"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    let verb = isDryRun ? "Would import" : "Imported"
    return "\(verb) \(lines) \(lines == 1 ? "command" : "commands")"
      + (parts.isEmpty ? "." : ": \(parts.joined(separator: ", ")).")
  }
}
