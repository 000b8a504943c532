import Foundation
import Testing

@testable import EventStore

/// `FORMAT.md`, from which other programs are written.
@Suite("The description of the format")
struct FormatDocumentTests {
  private let text: String
  private let file: TestStore

  init() throws {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    text = try String(contentsOf: root.appendingPathComponent("FORMAT.md"), encoding: .utf8)
    file = try TestStore()
  }

  @Test("names every table, every column and every column of the view")
  func columns() throws {
    let names = try file.raw().rows(
      """
      SELECT s.name, c.name FROM sqlite_schema s, pragma_table_info(s.name) c
       WHERE s.type IN ('table', 'view')
      """)
    #expect(Set(names.map { $0[0] }).count == StoreSchema.tableNames.count + 1)
    for name in Set(names.flatMap { $0.compactMap(\.self) }) {
      // A snapshot's columns are told in words where they make up its checksum.
      let words = name.hasSuffix("_us") ? String(name.dropLast(3)) : name
      let spoken = words.replacingOccurrences(of: "_", with: " ")
      #expect(text.contains("`\(name)`") || text.contains(spoken), "\(name)")
    }
  }

  @Test("says the format that this build writes, and every one before it")
  func format() {
    #expect(text.contains("This page describes format \(StoreSchema.format) "))
    #expect(text.contains("| `user_version` | \(StoreSchema.format), the format |"))
    for format in 1...StoreSchema.format { #expect(text.contains("\n| \(format) | ")) }
  }

  @Test("names every setting")
  func settings() throws {
    try file.open().write { try $0.setSnapshotPolicy(SnapshotPolicy()) }
    let names = try file.raw().rows("SELECT name FROM settings").compactMap { $0[0] }
    #expect(names.count == 4)
    for name in names { #expect(text.contains("`\(name)`"), "\(name)") }
  }
}
