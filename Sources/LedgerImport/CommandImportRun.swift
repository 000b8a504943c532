import LedgerDomain
import LedgerKit
import SQLite

/// One import of commands under way.
final class CommandImportRun {
  // Bulk gains nothing from more, and other writers wait for as long as a transaction takes.
  private static let linesPerTransaction = 1_024
  private static let bytesPerTransaction = 1_048_576

  private let plan: CommandImport
  private let ledger: Ledger
  private let source: LineSource
  private let parser: CommandParser
  private let results: ResultSink
  private var result = CommandImportResult()

  init(_ plan: CommandImport, ledger: Ledger, source: LineSource, results: ResultSink) {
    (self.plan, self.ledger, self.source, self.results) = (plan, ledger, source, results)
    parser = CommandParser(
      path: source.path, defaults: plan.options, defaultCurrency: plan.defaultCurrency,
      now: ledger.now)
  }

  func finished() throws -> CommandImportResult {
    switch (plan.isAtomic, plan.isDryRun) {
    case (true, _): try bookTogether()
    case (false, true): try rehearseEach()
    case (false, false): try bookEach()
    }
    return result
  }

  // MARK: Reading

  /// A line that was read: the command that it asks for, or why it asks for none.
  private typealias Request = Result<CommandRequest, InputError>

  /// The lines that are there already, one at least; none at the end.
  private func nextRequests() throws -> [Request] {
    var requests: [Request] = []
    var byteCount = 0
    repeat {
      guard let line = try source.next() else { break }
      requests.append(try request(line))
      byteCount += line.bytes?.count ?? 0
    } while try requests.count < Self.linesPerTransaction && byteCount < Self.bytesPerTransaction
      && source.isReady()
    return requests
  }

  private func request(_ line: InputLine) throws -> Request {
    do {
      return .success(try parser.request(line))
    } catch let error as InputError {
      return .failure(error)
    }
  }

  // MARK: Booking

  /// Each line by itself: those that are there already are durable together, then seen.
  private func bookEach() throws {
    while true {
      let outcomes: [CommandOutcome]
      do {
        let requests = try nextRequests()
        guard !requests.isEmpty else { return }
        outcomes = try ledger.booking { booking in
          try requests.map { try outcome(of: $0, booking) }
        }
      } catch {
        guard result.lines > 0 else { throw error }
        throw InterruptedImport(path: source.path, lastLine: result.lines, cause: error)
      }
      try write(outcomes)
    }
  }

  private func rehearseEach() throws {
    try ledger.rehearsal { booking in
      while true {
        let requests = try nextRequests()
        guard !requests.isEmpty else { return }
        try write(try requests.map { try outcome(of: $0, booking) })
      }
    }
  }

  /// All lines in one transaction. Results wait outside memory until it is over.
  private func bookTogether() throws {
    let waiting = try SpillingSorter()
    let body: (Booking) throws -> Void = { [self] booking in
      while true {
        let requests = try nextRequests()
        guard !requests.isEmpty else { return }
        for request in requests {
          let outcome = try outcome(of: request, booking)
          if case .problem(let error) = outcome { throw error }
          result.count(outcome)
          try waiting.add(key: result.lines, 0, 0, results.line(outcome))
        }
      }
    }
    try plan.isDryRun ? ledger.rehearsal(body) : ledger.booking(body)
    while let line = try waiting.next() { try results.write(line) }
    try results.flush()
  }

  private func outcome(of request: Request, _ booking: Booking) throws -> CommandOutcome {
    switch request {
    case .failure(let error): return .problem(error)
    case .success(let request):
      do {
        return .receipt(try booking.perform(request.command, request.options))
      } catch let rejection as Rejection {
        return .problem(
          InputError(
            path: source.path, line: request.line, problem: rejection.message,
            rejection: rejection))
      }
    }
  }

  // MARK: Answering

  private func write(_ outcomes: [CommandOutcome]) throws {
    for outcome in outcomes {
      result.count(outcome)
      try results.write(results.line(outcome))
    }
    try results.flush()
  }
}
