/// A file of options for `import csv`, one `option value` a line, `#` comments.
package enum RulesFile {
  /// The options in `path` as words of a command line: `--date-column=date`.
  ///
  /// `options` may have a value, `flags` have none. Throws `InputError` for a line that is neither.
  package static func arguments(
    in path: String, options: Set<String>, flags: Set<String>
  ) throws(InputError) -> [String] {
    let source = try TextSource(path: path, encoding: nil)
    var bytes: [UInt8] = []
    while let block = try source.next() {
      bytes += block
      guard bytes.count <= CSVReader.longestRecordBytes else {
        throw InputError(path: path, problem: "it is too long for a file of rules")
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw InputError(path: path, problem: "it is not UTF-8 text")
    }
    var arguments: [String] = []
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let trimmed = line.drop { $0.isWhitespace }
      guard let first = trimmed.first, first != "#" else { continue }
      let name = String(trimmed.prefix { !$0.isWhitespace })
      let rest = trimmed.dropFirst(name.count).drop { $0.isWhitespace }
      let value = rest.lastIndex { !$0.isWhitespace }.map { String(rest[...$0]) } ?? ""
      func failure(_ problem: String) -> InputError {
        InputError(path: path, line: index + 1, problem: problem)
      }
      if flags.contains(name) {
        guard value.isEmpty else { throw failure("'\(name)' takes no value") }
        arguments.append("--\(name)")
      } else if options.contains(name) {
        guard !value.isEmpty else { throw failure("'\(name)' needs a value after it") }
        arguments.append("--\(name)=\(value)")
      } else {
        throw failure("there is no rule '\(name)'; the rules are the options of 'import csv'")
      }
    }
    return arguments
  }
}
