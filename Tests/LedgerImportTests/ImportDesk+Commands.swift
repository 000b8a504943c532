import LedgerDomain
import LedgerKit

@testable import LedgerImport

/// What an import of commands wrote.
final class Answers {
  /// `deposit 3` for a receipt at position 3, `deposit 3 again` for a replayed one,
  /// `2 insufficient_funds` or `2 amount` for line 2.
  private(set) var lines: [String] = []
  /// The lines by the flush that made them seen.
  private(set) var groups: [[String]] = []
  var onLine: (String) throws -> Void = { _ in }
  var onFlush: () throws -> Void = {}

  var sink: ResultSink {
    ResultSink(
      line: { Array(Self.words($0).utf8) },
      write: { [self] line in
        lines.append(String(decoding: line, as: UTF8.self))
        try onLine(lines[lines.count - 1])
      },
      flush: { [self] in
        groups.append(Array(lines.dropFirst(groups.joined().count)))
        try onFlush()
      })
  }

  private static func words(_ outcome: CommandOutcome) -> String {
    switch outcome {
    case .receipt(let receipt):
      "\(receipt.command) \(receipt.position)\(receipt.isReplay ? " again" : "")"
    case .problem(let error):
      "\(error.line ?? 0) \(error.rejection?.code ?? error.field ?? "malformed")"
    }
  }
}

extension ImportDesk {
  /// Imports the commands at `path` under the correlation id `import`.
  @discardableResult
  func importCommands(
    at path: String, _ answers: Answers = Answers(),
    _ change: (inout CommandImport) -> Void = { _ in }
  ) throws -> CommandImportResult {
    var options = CommandOptions(actor: "clerk")
    options.correlationID = "import"
    var job = CommandImport(path: path, options: options)
    change(&job)
    return try job.run(on: ledger, results: answers.sink)
  }

  /// Imports `lines` in the same way and returns the answers.
  func answers(
    to lines: [String], _ change: (inout CommandImport) -> Void = { _ in }
  ) throws -> [String] {
    let file = try TemporaryFile(lines.joined(separator: "\n"))
    let answers = Answers()
    try importCommands(at: file.path, answers, change)
    return answers.lines
  }

  /// A deposit into `checking`.
  static func deposit(_ amount: String, key: String? = nil) -> String {
    let key = key.map { #","idempotencyKey":"\#($0)""# } ?? ""
    return #"{"command":"deposit","account":"checking","amount":"\#(amount)"\#(key)}"#
  }

  /// A withdrawal from `checking`.
  static func withdrawal(_ amount: String) -> String {
    #"{"command":"withdraw","account":"checking","amount":"\#(amount)"}"#
  }
}
