import ArgumentParser

extension LedgerProgram {
  /// How the program ends, and what it says on standard error.
  package struct Answer: Hashable, Sendable {
    /// The exit status.
    package let status: Int32
    /// The stable name of what went wrong.
    package let code: String
    /// For people.
    package let sentence: String
    /// For programs.
    package let json: String
  }

  /// Every status that the program ends with, by itself.
  package static let statuses: Set<Int32> = [
    ExitStatus.done, ExitStatus.refused, ExitStatus.usage, ExitStatus.badData, ExitStatus.notFound,
    ExitStatus.cannotCreate, ExitStatus.inputOutput, ExitStatus.busy,
  ]

  /// The code of an error that the program has no sentence for.
  package static let unforeseen = "unforeseen"

  /// What the program answers where a command fails with `error`.
  package static func answer(to error: any Error) -> Answer {
    guard let failure = Failure(error) else {
      let failure = Failure(unforeseen: error)
      return Answer(
        status: failure.status, code: unforeseen, sentence: failure.sentence, json: failure.json)
    }
    return Answer(failure, sentence: failure.sentence)
  }

  /// What the program answers to `arguments` that it can't make out; nil if it would run a command or show
  /// its help.
  package static func mistake(in arguments: [String]) -> Answer? {
    do {
      _ = try parsed(arguments)
      return nil
    } catch {
      if let failure = Failure(error) { return Answer(failure, sentence: failure.sentence) }
      guard LedgerCommand.exitCode(for: error) != .success else { return nil }
      return Answer(usage(error), sentence: usageText(LedgerCommand.fullMessage(for: error)))
    }
  }
}

extension LedgerProgram.Answer {
  fileprivate init(_ failure: Failure, sentence: String) {
    self.init(
      status: failure.status, code: failure.code, sentence: sentence, json: failure.json)
  }
}
