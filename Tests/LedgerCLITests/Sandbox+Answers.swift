import Foundation
import Testing

extension Sandbox {
  /// The objects that a command prints, one a line; requires that it ends well.
  func objects(
    _ command: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [[String: Any]] {
    let outcome = try run(command)
    try #require(outcome.status == 0, "\(outcome.errors)", sourceLocation: sourceLocation)
    return try Self.objects(in: outcome.output)
  }

  /// The JSON objects in `text`, one a line.
  static func objects(in text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  /// The content of a file in the folder.
  func read(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }

  /// The global positions of all events after `position`.
  func positions(after position: Int = 0) throws -> [Int] {
    try objects("ledger events --after \(position) --format ndjson").compactMap {
      $0["globalPosition"] as? Int
    }
  }

  /// Makes a ledger with the accounts `a` and `b`, and `deposits` deposits of 1.00 on `a`.
  func makeLedger(deposits: Int = 0) throws {
    try run("ledger init; ledger open a --currency USD; ledger open b --currency USD")
    guard deposits > 0 else { return }
    try write("what\n" + String(repeating: "1.00\n", count: deposits), to: "deposits.csv")
    let outcome = try run(
      "ledger import csv deposits.csv --source s --account a --amount-column what")
    try #require(outcome.status == 0)
  }
}
