/// A command line that is killed, and can be repeated.
struct CrashCommand {
  /// What repeating it does.
  enum Repetition {
    /// Its receipts come again, marked as such.
    case replays
    /// The same as doing it once; its answer may be another.
    case isHarmless
    /// Once it is done it is refused, with one of these exit statuses.
    case isRefusedOnceDone([Int32])
  }

  let words: [String]
  /// The file beside the ledger that it reads from standard input; nil: nothing.
  var input: String?
  var repetition = Repetition.replays

  /// Splits `line` at its spaces.
  init(_ line: String, input: String? = nil, _ repetition: Repetition = .replays) {
    words = line.split(separator: " ").map(String.init)
    self.input = input
    self.repetition = repetition
  }

  init(_ words: [String], _ repetition: Repetition) {
    self.words = words
    self.repetition = repetition
  }
}

/// What is killed in a round: commands that run at once, on a ledger of some kind.
struct CrashOperation {
  let name: String
  /// What makes the ledger, as a shell script.
  let ledger: TrialLedger
  /// They run at once.
  let commands: [CrashCommand]
  /// Whether the log ends where it began or where it ends when all is done, and nowhere between.
  var isAllOrNothing = true
  /// What must hold beside the common promises once all commands were repeated.
  var check: (TrialFolder) throws -> Void = { _ in }
}
