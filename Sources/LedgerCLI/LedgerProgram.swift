import ArgumentParser
package import LedgerImport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The whole program: words in, words and an exit status out.
package enum LedgerProgram {
  /// Runs one command line (without the program's name) and returns the exit status.
  package static func run(_ arguments: [String]) -> Int32 {
    // A reader that went away, as in `| head -1`, is no error.
    signal(SIGPIPE, SIG_IGN)
    // A limit on the size of files is a full disk, and has a sentence of its own.
    signal(SIGXFSZ, SIG_IGN)
    let isJSON = wantsJSON(arguments)
    var command: any ParsableCommand
    do {
      command = try parsed(arguments)
    } catch {
      return Failure(error).map { report($0, isJSON: isJSON) } ?? reportWords(error, isJSON: isJSON)
    }
    do {
      try command.run()
      return ExitStatus.done
    } catch is ClosedPipe {
      return ExitStatus.done
    } catch let exit as ExitCode {
      return exit.rawValue
    } catch {
      if let failure = Failure(error) { return report(failure, isJSON: isJSON) }
      // A subcommand that only has subcommands asks for its help here.
      guard LedgerCommand.exitCode(for: error) != .success else {
        return reportWords(error, isJSON: isJSON)
      }
      return report(Failure(unforeseen: error), isJSON: isJSON)
    }
  }

  /// The command that `arguments` ask for.
  static func parsed(_ arguments: [String]) throws -> any ParsableCommand {
    let words = NegativeNumbers.protected(try ImportRules.expanded(arguments))
    // Asked for help, a command's parser returns one that shows it, and knows nothing of `ledger`.
    if let command = LedgerCommand.named(words),
      let found = try? command.parseAsRoot(Array(words.dropFirst())), type(of: found) == command
    {
      return found
    }
    return try LedgerCommand.parseAsRoot(words)
  }

  private static func report(_ failure: Failure, isJSON: Bool) -> Int32 {
    Diagnostics.write(isJSON ? failure.json : failure.sentence)
    return failure.status
  }

  /// What the argument parser has to say: requests for help, and mistakes in the words.
  private static func reportWords(_ error: any Error, isJSON: Bool) -> Int32 {
    let message = LedgerCommand.fullMessage(for: error)
    guard LedgerCommand.exitCode(for: error) != .success else {
      return printHelp(message)
    }
    Diagnostics.write(isJSON ? usage(error).json : Self.usageText(message))
    return ExitStatus.usage
  }

  /// A mistake in the words, without the hints below it.
  static func usage(_ error: any Error) -> Failure {
    Failure(
      status: ExitStatus.usage, code: "usage",
      message: NegativeNumbers.unprotected(LedgerCommand.message(for: error)))
  }

  /// The argument parser's message in the shape of our own errors, its hints below.
  static func usageText(_ message: String) -> String {
    let lines = NegativeNumbers.unprotected(message).split(separator: "\n").map {
      String($0).visible
    }
    let first = lines.first ?? ""
    let mark = "Error: "
    let sentence = first.hasPrefix(mark) ? String(first.dropFirst(mark.count)) : first
    return (["ledger: usage: \(sentence)"] + lines.dropFirst()).joined(separator: "\n")
  }

  private static func printHelp(_ text: String) -> Int32 {
    do {
      let output = try Output(path: nil)
      try output.write(text + "\n")
      try output.finish()
    } catch {
      return error is ClosedPipe ? ExitStatus.done : ExitStatus.inputOutput
    }
    return ExitStatus.done
  }

  /// Whether errors are wanted as JSON. Asked of the words, since they may be what is wrong.
  static func wantsJSON(_ arguments: [String]) -> Bool {
    let formats = ["json", "ndjson"]
    for (index, word) in arguments.enumerated() {
      if word == "--" { return false }
      if word == "--format" || word == "-O" {
        return index + 1 < arguments.count && formats.contains(arguments[index + 1])
      }
      if let name = ["--format=", "-O="].first(where: word.hasPrefix) {
        return formats.contains(String(word.dropFirst(name.count)))
      }
    }
    return false
  }
}

/// Puts the options of a rules file in front of those on the command line, which win over them.
package enum ImportRules {
  package static func expanded(_ arguments: [String]) throws(InputError) -> [String] {
    guard arguments.starts(with: ["import", "csv"]), let path = path(in: arguments) else {
      return arguments
    }
    let rules = try RulesFile.arguments(
      in: path, options: CSVMappingOptions.options, flags: CSVMappingOptions.flags)
    return arguments.prefix(2) + rules + arguments.dropFirst(2)
  }

  private static func path(in arguments: [String]) -> String? {
    let option = "--rules"
    if let index = arguments.firstIndex(of: option), index + 1 < arguments.count {
      return arguments[index + 1]
    }
    return arguments.first { $0.hasPrefix(option + "=") }.map { String($0.dropFirst(8)) }
  }
}

/// Keeps amounts such as `-5` away from the argument parser, which would take them for options; our
/// own parser refuses them with a sentence about amounts.
enum NegativeNumbers {
  private static let mark = "\u{0}"
  private static let flags = ["--dry-run", "--allow-past-overdraft", "--accept-clock", "--explain"]

  static func protected(_ arguments: [String]) -> [String] {
    var isProtected = true
    return arguments.enumerated().map { index, word in
      if word == "--" { isProtected = false }
      let previous = index > 0 ? arguments[index - 1] : ""
      let followsOption =
        previous.hasPrefix("-") && !previous.contains("=") && !flags.contains(previous)
      let looksNegative =
        word.hasPrefix("-") && word.dropFirst().first.map { $0.isNumber || $0 == "." } == true
      return isProtected && looksNegative && !followsOption ? mark + word : word
    }
  }

  static func unprotected(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.filter { String($0) != mark }))
  }
}
