import Foundation
import Testing

/// The table of cases and tests in `Tests/README.md`.
@Suite("The map of the tests")
struct TestMapTests {
  private let map: String
  /// The sources of the tests by the names of their files.
  private let sources: [String: String]

  init() throws {
    let folder = Program.root.appendingPathComponent("Tests")
    map = try String(contentsOf: folder.appendingPathComponent("README.md"), encoding: .utf8)
    var sources: [String: String] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    where path.hasSuffix("Tests.swift") {
      let file = folder.appendingPathComponent(path)
      let name = file.deletingPathExtension().lastPathComponent
      sources[name, default: ""] += try String(contentsOf: file, encoding: .utf8)
    }
    self.sources = sources
  }

  @Test("names tests that are there, by the words they have")
  func tests() {
    let rows = map.split(separator: "\n").filter { $0.hasPrefix("| ") && $0.contains("`: ") }
    #expect(rows.count > 70)
    for row in rows {
      let cell = row.split(separator: " | ", maxSplits: 2).last?.dropLast(2) ?? ""
      for proof in cell.components(separatedBy: "<br>") where !proof.hasPrefix("transcript") {
        let parts = proof.components(separatedBy: "`: ")
        let (file, sentence) = (parts[0].dropFirst(), parts.dropFirst().joined())
        let source = sources[String(file)]
        #expect(source?.contains("\"\(sentence)\"") == true, "\(proof)")
      }
    }
  }

  @Test(
    "has every case",
    arguments: [
      ("A", 17), ("B", 12), ("C", 8), ("D", 14), ("E", 14), ("F", 18), ("G", 10), ("H", 9),
      ("I", 9), ("K", 4), ("L", 9), ("M", 12),
    ]
  )
  func cases(_ section: String, _ count: Int) {
    let cells = map.split(separator: "\n").filter { $0.hasPrefix("| ") }
      .compactMap { $0.dropFirst(2).split(separator: " | ").first }
    let listed = Set(cells.flatMap { $0.split(separator: " ") }.map(String.init))
    let waiting: Set = ["I7", "L7"]
    for number in 1...count where !waiting.contains("\(section)\(number)") {
      #expect(listed.contains("\(section)\(number)"), "\(section)\(number)")
    }
  }
}
