import ArgumentParser
import EventStore
import JSONText
import LedgerDomain
import LedgerImport
import LedgerKit

extension LedgerCommand.Import {
  /// Books a bank's statement.
  struct CSV: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "csv",
      abstract: "Book a bank statement, row by row.",
      discussion: """
        Each row becomes one commit. The whole file is booked or nothing is; with --each, row by \
        row. Importing the same file again books nothing new. Dated rows are booked in order of \
        date, credits before debits.

        The mapping may stand in a rules file: one 'option value' a line, without dashes.

        Example:
          ledger import csv march.csv --source mybank --account checking \\
            --date-column Date --amount-column Amount --description-column Text --id-column Ref
          ledger import csv march.csv --rules mybank.rules
        """)

    @Argument(help: "The file, or - for standard input.")
    var file: Word

    @Option(help: ArgumentHelp("Read options from a file first.", valueName: "file"))
    var rules: String?

    @OptionGroup(title: "Mapping") var mapping: CSVMappingOptions

    @Flag(help: "Book what can be booked, and report every other line.")
    var each = false

    @Flag(help: "Show the first rows as they would be booked, and every problem; write nothing.")
    var dryRun = false

    @OptionGroup var shared: ImportOptions

    @Flag(help: "Let balances in the past fall below the limit; needs --reason.")
    var allowPastOverdraft = false

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard !(each && dryRun) else {
        throw ValidationError("--each books and --dry-run does not; choose one")
      }
      guard !allowPastOverdraft || shared.reason != nil else {
        throw ValidationError("--allow-past-overdraft needs a --reason")
      }
    }

    func run() throws {
      let plan = try mapping.mapping()
      let book = try ledger.openForWriting(
        acceptsClockBehind: shared.acceptClock, isDryRun: dryRun)
      var options = shared.commandOptions(on: book)
      options.allowsPastOverdraft = allowPastOverdraft
      let mode: CSVImport.Mode = dryRun ? .dryRun : each ? .each : .allOrNothing
      var job = CSVImport(path: file.text, mapping: plan, options: options, mode: mode)
      let reporter = ImportReporter(output)
      job.onProblem = reporter.report
      job.onProgress = reporter.showProgress
      if dryRun { job.onReceipt = reporter.preview }
      let target = try output.open(for: ledger, inputs: [file.text])
      let result = try reporter.finishing { try job.run(on: book) }
      let record = result.record(preview: dryRun ? reporter.previewed : nil)
      try output.print(record, to: target) {
        reporter.previewText + result.text(isDryRun: dryRun)
      }
      if result.malformed > 0 { throw ExitCode(ExitStatus.badData) }
      if result.refused > 0 { throw ExitCode(ExitStatus.refused) }
    }
  }
}

/// Says on standard error what goes on during an import.
private final class ImportReporter {
  private static let previewRows = 10
  private let isJSON: Bool
  /// The first rows as they would be booked: their lines and events.
  private(set) var previewed: [JSONValue] = []
  private(set) var previewText = ""
  private let progress = ProgressLine()

  init(_ output: OutputOptions) {
    isJSON = output.format == .json || output.format == .ndjson
  }

  func report(_ problem: InputError) {
    progress.erase()
    let failure = Failure(problem)
    Diagnostics.write(isJSON ? failure.json : failure.sentence)
  }

  func showProgress(_ rows: Int64) {
    progress.update { _ in "\(rows) rows" }
  }

  /// Keeps one of the first rows as it would be booked.
  func preview(_ line: Int, _ receipt: Receipt) {
    guard previewed.count < Self.previewRows else { return }
    previewed.append(
      .object([
        JSONMember("line", .integer(Int64(line))),
        JSONMember("effectiveAt", .string(receipt.effectiveAt.description)),
        JSONMember("events", .array(receipt.events.map { .object($0.record) })),
      ]))
    for event in receipt.events {
      let text = event.personalText.map { "  \($0.text)" } ?? ""
      let amount = JSONValue.object(event.payload)["amount"]?.string ?? ""
      let row = "line \(line): \(receipt.effectiveAt.shortText)  \(event.type)  \(event.streamID)  "
      previewText += (row + amount + text).visible + "\n"
    }
  }

  func finishing<Result>(_ body: () throws -> Result) throws -> Result {
    defer { progress.erase() }
    return try body()
  }
}

extension ImportResult {
  /// The counts; with a preview, those of a dry run.
  fileprivate func record(preview: [JSONValue]?) -> Record {
    let counts: [(String, Int64)] = [
      ("rows", rows), ("booked", booked), ("replayed", replayed), ("refused", refused),
      ("malformed", malformed), ("accountsOpened", accountsOpened),
      ("balanceDifferences", balanceDifferences), ("position", position),
    ]
    let record = counts.map { JSONMember($0.0, .integer($0.1)) }
    guard let preview else { return record }
    return record + [JSONMember("dryRun", .bool(true)), JSONMember("preview", .array(preview))]
  }

  fileprivate func text(isDryRun: Bool) -> String {
    func count(_ number: Int64, _ one: String, _ many: String) -> String {
      "\(number) \(number == 1 ? one : many)"
    }
    var parts = ["\(booked) booked"]
    if replayed > 0 { parts.append("\(replayed) booked before") }
    if refused > 0 { parts.append("\(refused) refused") }
    if malformed > 0 { parts.append("\(malformed) malformed") }
    if accountsOpened > 0 {
      parts.append(count(accountsOpened, "account opened", "accounts opened"))
    }
    if balanceDifferences > 0 {
      parts.append(
        count(balanceDifferences, "difference", "differences") + " to the bank's balances")
    }
    let verb = isDryRun ? "Would import" : "Imported"
    return "\(verb) \(count(rows, "row", "rows")): \(parts.joined(separator: ", ")).\n"
  }
}
