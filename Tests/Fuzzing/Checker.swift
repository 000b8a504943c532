import JSONText
import LedgerCLI

/// Checks what must hold after an input was read.
struct Checker {
  /// Throws `FuzzFinding` unless `isTrue`.
  func require(_ isTrue: Bool, _ what: @autoclosure () -> String) throws(FuzzFinding) {
    guard isTrue else { throw FuzzFinding(description: what()) }
  }

  /// Throws `FuzzFinding` unless both are equal.
  func require<Value: Equatable>(
    _ found: Value, is expected: Value, _ what: String
  ) throws(FuzzFinding) {
    try require(found == expected, "\(what): \(found) is not \(expected)")
  }

  /// Throws `FuzzFinding` unless the program has a sentence for `error` that anybody can read, and a status.
  func require(answered error: any Error) throws(FuzzFinding) {
    let answer = LedgerProgram.answer(to: error)
    try require(answer.code != LedgerProgram.unforeseen, "there is no sentence for \(error)")
    try require(shows: answer)
  }

  /// Throws `FuzzFinding` unless `answer` is one that the program may give.
  func require(shows answer: LedgerProgram.Answer) throws(FuzzFinding) {
    try require(
      answer.status != 0 && LedgerProgram.statuses.contains(answer.status),
      "\(answer.sentence) ends with status \(answer.status)")
    try require(answer.sentence.utf8.count > 20, "'\(answer.sentence)' is no sentence")
    // A mistake in the words has hints on lines of their own.
    try require(
      !answer.sentence.unicodeScalars.contains { $0.steersTerminal && $0 != "\n" },
      "a terminal would obey: \(answer.sentence.debugDescription)")
    try require(
      !answer.json.unicodeScalars.contains(where: \.steersTerminal),
      "a terminal would obey: \(answer.json.debugDescription)")
    do {
      _ = try JSONValue(parsing: Array(answer.json.utf8))
    } catch {
      throw FuzzFinding(description: "\(answer.json) is no JSON: \(error)")
    }
  }
}
