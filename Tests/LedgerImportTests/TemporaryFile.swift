import Foundation
import Testing

@testable import LedgerImport

/// A file that is there as long as somebody holds on to it.
final class TemporaryFile {
  let path: String

  init(_ bytes: [UInt8]) throws {
    path = Self.freePath()
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  convenience init(_ text: String) throws { try self.init(Array(text.utf8)) }

  /// A file of `count` times `chunk`, written piece by piece.
  init(repeating chunk: [UInt8], count: Int) throws {
    path = Self.freePath()
    try Data().write(to: URL(fileURLWithPath: path))
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    for _ in 0..<count { try handle.write(contentsOf: Data(chunk)) }
    try handle.close()
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A path in the temporary folder at which nothing stands.
  static func freePath() -> String {
    FileManager.default.temporaryDirectory
      .appendingPathComponent("statement-\(UUID().uuidString).csv").path
  }
}

extension TemporaryFile {
  /// All records of the file, as CSV.
  func records(
    delimiter: Unicode.Scalar = ",", encoding: String? = nil, skippedLines: Int = 0
  ) throws -> [CSVRecord] {
    var reader = CSVReader(
      try TextSource(path: path, encoding: encoding), delimiter: UInt8(ascii: delimiter))
    try reader.skip(lines: skippedLines)
    var records: [CSVRecord] = []
    while let record = try reader.next() { records.append(record) }
    return records
  }

  /// What is wrong with the file, as CSV. Fails the test if nothing is.
  func problem(encoding: String? = nil) throws -> InputError {
    try #require(throws: InputError.self) { try records(encoding: encoding) }
  }
}

extension InputError {
  /// `line:column`, without what is not known.
  var place: String { [line, column].compactMap { $0.map(String.init) }.joined(separator: ":") }
}
