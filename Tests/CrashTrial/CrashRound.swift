import Foundation
import TestSupport

/// What `verify` says of a whole ledger.
struct VerifiedLedger: Decodable, Hashable {
  let events: Int
  let headHash: String
}

/// How an operation went when nobody killed it.
struct Reference {
  /// From its start to the end of its last process.
  let micros: UInt32
  /// What `verify` said before; nil if there was no ledger of this format.
  let before: VerifiedLedger?
  let events: Int
  /// All accounts, as CSV.
  let accounts: String

  /// Runs `operation` on a copy of `ledger`, of which `verify` says `before`.
  init(
    _ operation: CrashOperation, on ledger: TrialFolder, before: VerifiedLedger?
  ) throws {
    let folder = try ledger.copy()
    self.before = before
    let start = ContinuousClock.now
    for run in try operation.commands.map(folder.start) {
      let answer = try folder.answer(of: run)
      try require(answer.hasSucceeded, "\(operation.name) fails: \(answer.errors)")
    }
    micros = UInt32((ContinuousClock.now - start) / .microseconds(1))
    try operation.check(folder)
    events = try folder.verified().events
    accounts = try folder.accounts()
  }
}

/// One kill, and everything that must hold after it.
struct CrashRound {
  /// What came of a round.
  struct Outcome {
    /// How many processes died by the kill; the others had ended.
    var kills = 0
    /// Whether anything was killed before any commit, after all that there would be, or between.
    var place = Place.before
    /// Receipts that were printed, and are in the file.
    var receipts = 0
  }

  /// How far the log had come when everything was dead.
  enum Place { case before, between, after }

  let operation: CrashOperation
  let reference: Reference
  let folder: TrialFolder

  func run(_ random: inout SeededRandom) throws -> Outcome {
    let answers = try killed(&random)
    try folder.copyFiles(to: folder.evidence)
    var outcome = Outcome()
    outcome.kills = answers.count { $0.ending == .killed }
    for answer in answers where answer.ending != .killed {
      try require(answer.hasSucceeded, "not killed, it failed: \(answer.errors)")
    }
    let receipts = answers.flatMap(\.wholeLines).filter { $0.contains(#""headHash":""#) }
    outcome.receipts = receipts.count
    outcome.place = try place(answers, receipts)
    try repeatCommands(after: answers)
    // It takes long, and finds little that 'verify' doesn't.
    try checkEnd(withProjections: .random(in: 0..<4, using: &random) == 0)
    return outcome
  }

  /// Starts everything and kills it: all at one moment, or each at its own.
  private func killed(_ random: inout SeededRandom) throws -> [TrialFolder.Answer] {
    func delay() -> UInt32 { .random(in: 0...(reference.micros / 5 * 6 + 1), using: &random) }
    let together = Bool.random(using: &random) ? delay() : nil
    let start = ContinuousClock.now
    let runs = try operation.commands.map {
      (run: try folder.start($0), micros: together ?? delay())
    }
    for (run, micros) in runs.sorted(by: { $0.micros < $1.micros }) {
      let rest = Int64(micros) - Int64((ContinuousClock.now - start) / .microseconds(1))
      if rest > 0 { usleep(UInt32(rest)) }
      run.child.kill()
    }
    return try runs.map { try folder.answer(of: $0.run) }
  }

  /// Checks the log as the kill has left it.
  private func place(
    _ answers: [TrialFolder.Answer], _ receipts: [String]
  ) throws -> Place {
    guard try folder.names().contains("ledger.db"),
      try reference.before != nil || !folder.isOfOlderFormat()
    else {
      try require(receipts.isEmpty && reference.before == nil, "the ledger is gone")
      return .before
    }
    // Of a file that was migrated and no more, the read models wait for whoever writes next.
    if reference.before == nil { _ = try folder.run("init") }
    let found = try folder.verified(against: receipts)
    let before = reference.before?.events ?? 0
    if found.events == before, let hash = reference.before?.headHash {
      try require(found.headHash == hash, "the head is another, though nothing was recorded")
    }
    let end = reference.events
    try require(
      found.events == before || found.events == end
        || !operation.isAllOrNothing
          && (before...end).contains(found.events),
      "\(found.events) events, and there were \(before), and will be \(end)")
    try require(
      found.events == end || answers.contains { !$0.hasSucceeded },
      "all was answered, and only \(found.events) of \(end) events are there")
    if before == end { return answers.contains { $0.ending == .killed } ? .before : .after }
    return found.events == before ? .before : found.events == end ? .after : .between
  }

  /// Every command is done twice, whatever had become of it.
  private func repeatCommands(after answers: [TrialFolder.Answer]) throws {
    for (command, killed) in zip(operation.commands, answers) {
      let (first, second) = (try repeated(command), try repeated(command))
      guard case .replays = command.repetition else { continue }
      let printed = killed.wholeLines.map(Self.unmarked)
      let lines = first.wholeLines.map(Self.unmarked)
      try require(lines.starts(with: printed), "it had answered something else: \(printed)")
      try require(lines == second.wholeLines.map(Self.unmarked), "the third answer is another")
      try require(
        second.wholeLines.allSatisfy { $0.contains(#""replayed":true"#) }, "it booked again")
    }
  }

  private func repeated(_ command: CrashCommand) throws -> TrialFolder.Answer {
    var answer = try folder.run(command)
    // What a killed process had started may take a moment to be gone.
    for _ in 0..<500 where answer.ending == .exited(75) {
      usleep(10_000)
      answer = try folder.run(command)
    }
    var isGood = answer.hasSucceeded
    if case .isRefusedOnceDone(let statuses) = command.repetition {
      isGood = isGood || statuses.contains { answer.ending == .exited($0) }
    }
    try require(isGood, "\(command.words): \(answer.output)\(answer.errors)")
    return answer
  }

  /// A receipt, whether it comes for the first time or again.
  private static func unmarked(_ line: String) -> String {
    line.replacingOccurrences(of: #""replayed":true"#, with: #""replayed":false"#)
  }

  /// What there is in the end is what there would be if nobody had killed anything.
  private func checkEnd(withProjections: Bool) throws {
    try operation.check(folder)
    let found = try folder.verified()
    try require(found.events == reference.events, "\(found.events) events in the end")
    let accounts = try folder.accounts()
    try require(accounts == reference.accounts, "other accounts: \(accounts)")
    guard withProjections else { return }
    let projections = try folder.run("projections", "verify")
    try require(projections.hasSucceeded, "projections: \(projections.output)")
  }
}

extension TrialFolder {
  /// What `verify` says of the ledger, or of another file; it holds the history of all `receipts`.
  func verified(
    _ name: String = "ledger.db", against receipts: [String] = []
  ) throws -> VerifiedLedger {
    var answer: Answer
    if receipts.isEmpty {
      answer = try run("verify", "--db", name, "--format", "json")
    } else {
      try write(receipts.joined(separator: "\n") + "\n", to: "receipts")
      answer = try run("verify", "--db", name, "--format", "json", "--against", "receipts")
    }
    try require(answer.hasSucceeded, "verify: \(answer.output)\(answer.errors)")
    return try JSONDecoder().decode(VerifiedLedger.self, from: Data(answer.output.utf8))
  }

  /// Whether the ledger has not been migrated yet.
  func isOfOlderFormat() throws -> Bool {
    try run("stats").errors.hasPrefix("ledger: ledger_too_old: ")
  }

  func accounts() throws -> String {
    let answer = try run("accounts", "--format", "csv")
    try require(answer.hasSucceeded, "accounts: \(answer.errors)")
    return answer.output
  }
}
