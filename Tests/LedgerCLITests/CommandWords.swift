import Foundation
import Testing

/// What a subcommand takes, as the program itself says.
struct CommandWords {
  /// Such as `["subscriptions", "read"]`.
  let path: [String]
  let arguments: [Argument]

  struct Argument: Decodable, Hashable {
    let kind: String
    let valueName: String?
    let names: [Name]?
    let isOptional: Bool

    struct Name: Decodable, Hashable {
      let kind: String
      let name: String
    }

    /// Nil for a positional argument.
    var option: String? {
      let long = names?.first { $0.kind == "long" } ?? names?.first
      return long.map { ($0.kind == "long" ? "--" : "-") + $0.name }
    }

    /// What its value is called.
    var name: String { option.map { String($0.drop { $0 == "-" }) } ?? valueName ?? "" }
    var takesValue: Bool { kind != "flag" }
  }

  private struct Help: Decodable {
    let command: Command

    struct Command: Decodable {
      let commandName: String
      let subcommands: [Command]?
      let arguments: [Argument]?
    }
  }

  /// Every subcommand of the program that does something.
  static func all(in sandbox: Sandbox) throws -> [CommandWords] {
    let text = try sandbox.run("ledger --experimental-dump-help").output
    let help = try JSONDecoder().decode(Help.self, from: Data(text.utf8))
    func leaves(_ command: Help.Command, _ path: [String]) -> [CommandWords] {
      guard let below = command.subcommands, !below.isEmpty else {
        return [CommandWords(path: path, arguments: command.arguments ?? [])]
      }
      return below.flatMap { leaves($0, path + [$0.commandName]) }
    }
    return leaves(help.command, []).filter { $0.path != ["help"] }
  }

  /// A command line that the program takes, but that `argument` has `value`.
  func line(setting argument: Argument, to value: String) -> [String] {
    var words = path
    for required in arguments where required.takesValue && required.option != nil {
      guard required != argument, !required.isOptional || isWanted(required) else { continue }
      words.append("\(required.option ?? "")=\(usual(required))")
    }
    if let option = argument.option { words.append("\(option)=\(value)") }
    words.append("--")
    for positional in arguments where positional.option == nil && positional.kind == "positional" {
      if positional == argument {
        words.append(value)
      } else if !positional.isOptional || isWanted(positional) {
        words.append(usual(positional))
      }
    }
    return words
  }

  /// Without these the program would not even look at the others.
  private func isWanted(_ argument: Argument) -> Bool {
    switch (path.joined(separator: " "), argument.name) {
    case ("open", "currency"), ("statement", "month"), ("change", "holder"),
      ("balance-at", "instant"),
      ("import csv", "source"), ("import csv", "account"), ("import csv", "amount-column"),
      ("alerts rules add", "amount"), ("alerts rules add", "currency"), ("restated", "account"),
      ("reverse", "position"), ("prove", "position"), ("snapshot create", "accounts"),
      ("snapshot prune", "keep"), ("erase", "position"):
      true
    default: false
    }
  }

  private func usual(_ argument: Argument) -> String {
    switch argument.name {
    case "account", "accounts", "from": "a"
    case "to": "b"
    case "amount": "1"
    case "currency": "USD"
    case "position", "alert": "3"
    case "period", "month": "2020-01"
    case "instant", "a": "now"
    case "b", "since": "2020-01-01"
    case "file": path == ["verify-proof"] ? "proof.json" : "in.txt"
    case "checkpoint": "checkpoint.txt"
    case "kind": "large-amount"
    case "amount-column": "Amount"
    case "keep": "1"
    case "command": "./no-such-command"
    case "source": "bank"
    default: "x"
    }
  }
}
