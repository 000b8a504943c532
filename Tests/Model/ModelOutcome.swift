/// What comes of a command, as text: the model's and the ledger's are compared line by line.
package struct ModelOutcome: Hashable, Sendable {
  /// `accepted`, `replayed`, or the code of a refusal.
  package var code: String
  /// What the receipt says, or the facts of the refusal.
  package var lines: [String]

  package init(code: String, lines: [String]) { (self.code, self.lines) = (code, lines) }

  package var isAccepted: Bool { code == Self.accepted }

  package static let accepted = "accepted"
  package static let replayed = "replayed"
}

/// A rule of the model that says no.
struct ModelRefusal: Error {
  let code: String
  let facts: [String]

  /// Facts whose value is nil are left out.
  init(_ code: String, _ facts: KeyValuePairs<String, Any?> = [:]) {
    self.code = code
    self.facts = facts.compactMap { name, value in value.map { "\(name): \($0)" } }
  }

  init(code: String, facts: [String]) { (self.code, self.facts) = (code, facts) }

  var outcome: ModelOutcome { ModelOutcome(code: code, lines: facts) }

  /// The answer to a question that was refused.
  var answer: [String] { ["refused: \(code)"] + facts }

  /// The same, of one commit of several that were to be reversed together.
  func reversing(_ position: Int64) -> ModelRefusal {
    ModelRefusal(code: code, facts: ["reverses: \(position)"] + facts)
  }
}

/// The first step at which the model and the ledger differ.
package struct Disagreement: Error, Hashable, Sendable {
  /// The step's number.
  package let step: Int
  /// What was compared: the name of a check.
  package let check: String
  /// The question, if it was one.
  package var question: ModelQuestion?
  /// What the model says.
  package let expected: [String]
  /// What the ledger says.
  package let found: [String]

  /// Whether `other` is most likely the same failure, in another sequence.
  func isLike(_ other: Disagreement) -> Bool {
    check == other.check
      && (expected.first == found.first) == (other.expected.first == other.found.first)
  }
}

extension Disagreement: CustomStringConvertible {
  package var description: String {
    let pairs = zip(expected, found).enumerated()
    let first = pairs.first { $0.element.0 != $0.element.1 }?.offset
    let line = first ?? min(expected.count, found.count)
    func at(_ lines: [String]) -> String {
      line < lines.count ? lines[line] : "(no line \(line + 1))"
    }
    return """
      step \(step), \(check)\(question.map { ", \($0)" } ?? ""), line \(line + 1):
        the model:  \(at(expected))
        the ledger: \(at(found))
      """
  }
}
