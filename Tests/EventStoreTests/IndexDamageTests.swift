import Foundation
import SQLite
import TestSupport
import Testing

@testable import EventStore

@Suite("A full-text index that was changed behind the program's back")
struct IndexDamageTests {
  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore(projections: [WordIndex.self])
    store = try file.open()
    for text in ["harvest moon", "blue moon", "silver spoon"] {
      let event = NewEvent(
        type: "Texted", version: 1, data: Array("{}".utf8), personalText: .sample(text))
      try store.append([event], to: "w")
    }
    try store.catchUp(WordIndex.self, through: 3)
  }

  @Test(
    "is found by verify, and set right by a rebuild",
    arguments: [
      "INSERT INTO word_index (rowid, words) VALUES (9, 'planted')",
      """
      INSERT INTO word_index (word_index, rowid, words) VALUES ('delete', 2, 'blue moon')
      """,
      """
      UPDATE word_index_data
         SET block = CAST(replace(CAST(block AS TEXT), 'arvest', 'arpist') AS BLOB) WHERE id > 10
      """,
      "DELETE FROM word_index_data WHERE id > 10",
      "DELETE FROM word_index_data",
      "UPDATE word_index_data SET block = zeroblob(length(block)) WHERE id > 10",
      "UPDATE word_index_data SET block = x'00' WHERE id = 1",
      "DELETE FROM word_index_docsize WHERE id = 2",
      "UPDATE word_index_config SET v = 99 WHERE k = 'version'",
    ])
  func damage(_ sql: String) throws {
    try file.verify()
    try file.raw().run(sql)
    let damage = try #require(throws: StoreFileError.self) { try file.verify() }
    #expect("\(damage)".contains("word_index"), "\(damage)")
    try file.open().rebuild([WordIndex.self])
    try file.verify()
    let moons = try file.open(.readOnly).read(WordIndex.self) { index, _ in
      try index.positions(of: "moon")
    }
    #expect(moons == [1, 2])
  }

  @Test("has nothing left of an erased text, nor has what stands beside the file")
  func erased() throws {
    try store.write { transaction in
      let selected = try transaction.log.personalTexts(.positions([1]))
      try transaction.erase(selected, recordingIn: "book", NewCommit([]))
    }
    #expect(store.clearLog() == nil)
    for name in try file.folder.names() {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: file.folder.path(name)))
      #expect(bytes.range(of: Data("harvest".utf8)) == nil, "\(name)")
    }
    #expect(try store.read { try $0.projectionStatuses() }[0].checkpoint == 0)
    #expect(try store.read(WordIndex.self) { index, _ in try index.positions(of: "moon") } == [2])
    #expect(
      try store.read(WordIndex.self) { index, _ in try index.positions(of: "harvest") } == [])
    try file.verify()
  }
}
