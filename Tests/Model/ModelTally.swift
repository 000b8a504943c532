/// What was done in trials, and how often each outcome came.
package struct ModelTally: Sendable {
  package var steps = 0
  package var commands = 0
  package var disturbances = 0
  /// Comparisons of the model with the ledger.
  package var checks = 0
  /// By command, then by outcome.
  package private(set) var outcomes: [String: [String: Int]] = [:]

  package init() {}

  mutating func add(_ outcome: ModelOutcome, of command: ModelCommand, isRehearsal: Bool) {
    guard !isRehearsal else { return }
    commands += 1
    outcomes[command.name, default: [:]][outcome.code, default: 0] += 1
  }

  package mutating func add(_ other: ModelTally) {
    steps += other.steps
    commands += other.commands
    disturbances += other.disturbances
    checks += other.checks
    for (command, counts) in other.outcomes {
      outcomes[command, default: [:]].merge(counts, uniquingKeysWith: +)
    }
  }

  /// How often each outcome came, whatever the command.
  package var codes: [String: Int] {
    outcomes.values.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
  }

  package var accepted: Int { codes[ModelOutcome.accepted] ?? 0 }

  /// A line for each command, and one for each outcome.
  package var table: String {
    func pad(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    let byCommand = outcomes.sorted { $0.key < $1.key }.map { command, counts in
      let all = counts.values.reduce(0, +)
      let accepted = counts[ModelOutcome.accepted] ?? 0
      return "  \(pad(command, 24)) \(pad("\(all)", 8)) \(accepted) accepted"
    }
    let byCode = codes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { code, count in
      "  \(pad(code, 24)) \(count)"
    }
    return (byCommand + [""] + byCode).joined(separator: "\n")
  }
}
