import Foundation

/// Steps as text: one JSON object a line, from which they can be taken again.
extension ModelStep {
  /// The step as a line without its end.
  package var line: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else {
      preconditionFailure("a step is made of texts and whole numbers")
    }
    return String(decoding: data, as: UTF8.self)
  }

  /// The lines of `steps`, each with its end.
  package static func text(_ steps: [ModelStep]) -> String {
    steps.map { $0.line + "\n" }.joined()
  }

  /// Reads what `text` writes; empty lines are left out. Throws `DecodingError`.
  package static func steps(in text: String) throws -> [ModelStep] {
    try text.split(separator: "\n").map {
      try JSONDecoder().decode(ModelStep.self, from: Data($0.utf8))
    }
  }
}
