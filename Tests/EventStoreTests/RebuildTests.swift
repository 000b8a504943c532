import Foundation
import SQLite
import TestSupport
import Testing

@testable import EventStore

@Suite("A rebuild beside the tables that answer")
struct RebuildTests {
  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore(projections: [Tally.self, DeferredTally.self, WordIndex.self])
    store = try file.open()
    try SampleLog.write(to: store)
    try store.append([.texted("harvest moon"), .texted("blue moon")], to: "w")
    for type in [DeferredTally.self, WordIndex.self] as [any Projection.Type] {
      try store.catchUp(type, through: 7)
    }
  }

  private func contents() throws -> [String: [[String?]]] {
    try file.raw().contents(of: ["tally", "deferred_tally", "projections"])
  }

  private func moons(_ handle: EventStore) throws -> [Int64] {
    try handle.read(WordIndex.self) { index, _ in try index.positions(of: "moon") }
  }

  private func leftovers() throws -> String? {
    try file.raw().value("SELECT count(*) FROM sqlite_schema WHERE name GLOB 'rebuild_[0-9]*'")
  }

  @Test(
    "gives the same rows as growing, takes planted ones away, and leaves other projections alone")
  func same() throws {
    let before = try contents()
    try file.raw().run("INSERT INTO tally VALUES ('planted', 9, 0)")
    try file.raw().run("UPDATE deferred_tally SET events = 9")
    let planted = try contents()
    try store.rebuild([Tally.self])
    #expect(try contents()["tally"] == before["tally"])
    #expect(try contents()["deferred_tally"] == planted["deferred_tally"])
    try store.rebuild([DeferredTally.self, WordIndex.self])
    #expect(try contents() == before)
    #expect(try moons(store) == [6, 7])
    #expect(try leftovers() == "0")
    try file.verify()
    for types in [[WordIndex.self, Tally.self], [Tally.self, WordIndex.self]]
      as [[any Projection.Type]]
    {
      try store.rebuild(types)
      #expect(try contents() == before)
    }
  }

  @Test("appends nothing, and works on an empty store and on one in memory")
  func quiet() throws {
    let head = try store.read { try $0.head() }
    try store.rebuild([Tally.self, DeferredTally.self, WordIndex.self])
    #expect(try store.read { try $0.head() } == head)
    let empty = try TestStore(projections: [Tally.self, WordIndex.self])
    try empty.open().rebuild([Tally.self, WordIndex.self])
    try empty.verify()
    var configuration = file.configuration()
    configuration.projections = [Tally.self]
    let memory = try EventStore(inMemory: "m", configuration: configuration)
    try SampleLog.write(to: memory)
    try memory.rebuild([Tally.self])
    try memory.verify()
  }

  @Test("an index that was renamed into place goes on: it is added to, asked, and compared")
  func renamedIndex() throws {
    try store.rebuild([WordIndex.self])
    try store.append([.texted("full moon")], to: "w")
    #expect(try moons(file.open(.readOnly)) == [6, 7, 8])
    try file.verify()
    try file.raw().run("INSERT INTO word_index (rowid, words) VALUES (3, 'planted moon')")
    let damage = try #require(throws: StoreFileError.self) { try file.verify() }
    #expect("\(damage)".contains("differs from its events in word_index"))
    try store.rebuild([WordIndex.self])
    try file.verify()
  }

  /// Appends many events, and lets `meddle` act once in the middle of a rebuild.
  private func rebuild(_ types: [any Projection.Type], _ meddle: () throws -> Void) throws {
    try store.write { transaction in
      for _ in 0..<9_000 {
        try transaction.append(
          NewCommit([StreamAppend(streamID: "m", expectedVersion: .any, events: [.numbered(1)])]))
      }
    }
    var isDone = false
    var failure: (any Error)?
    try store.rebuild(types) { done, _ in
      guard done > 3_000, !isDone else { return }
      isDone = true
      do { try meddle() } catch { failure = error }
    }
    #expect(isDone)
    if let failure { throw failure }
  }

  @Test("lets others write and read meanwhile: no write fails, and the old tables answer")
  func concurrent() throws {
    try rebuild([Tally.self, DeferredTally.self]) {
      let other = try file.open()
      try other.append([.numbered(1)], to: "late")
      let reader = try file.open(.readOnly)
      let tally = try reader.read(DeferredTally.self) { tally, _ in try tally.tally() }
      #expect(tally["m"] == 9_000 && tally["late"] == 1)
      #expect(
        try reader.read { log in
          try log.query(Tally.self) { database in
            try database.first("SELECT sum(events) FROM main.tally") { $0.int64(0) }
          }
        } == 9_008)
    }
    #expect(try file.raw().value("SELECT events FROM tally WHERE stream_id = 'late'") == "1")
    try file.verify()
  }

  private struct CutOff: Error {}

  @Test("that another one overtakes ends, and says so")
  func overtaken() throws {
    #expect(throws: RebuildError.overtaken(name: "tally")) {
      try rebuild([Tally.self]) {
        #expect(throws: CutOff.self) {
          try file.open().rebuild([Tally.self]) { _, _ in throw CutOff() }
        }
      }
    }
    try file.verify()
    try store.rebuild([Tally.self])
    #expect(try leftovers() == "0")
  }

  @Test("ends too when one of another projection begins: two that began anew would never end")
  func overtakenByAnother() throws {
    #expect(throws: RebuildError.overtaken(name: "tally")) {
      try rebuild([Tally.self]) {
        #expect(throws: CutOff.self) {
          try file.open().rebuild([DeferredTally.self]) { _, _ in throw CutOff() }
        }
      }
    }
    // What the other has left is no rebuild of the first.
    #expect(
      try store.read { try $0.projectionStatuses() }.map(\.rebuiltThrough) == [nil, 0, nil])
    try file.verify()
    try store.rebuild([WordIndex.self])
    #expect(
      try store.read { try $0.projectionStatuses() }.map(\.rebuiltThrough) == [nil, nil, nil])
    #expect(try leftovers() == "0")
    try file.verify()
  }

  @Test("begins anew when a text is erased, of which nothing is left then")
  func erased() throws {
    try rebuild([WordIndex.self]) {
      let other = try file.open()
      try other.write { transaction in
        let selected = try transaction.log.personalTexts(.positions([6]))
        try transaction.erase(selected, recordingIn: "book", NewCommit([]))
      }
      #expect(other.clearLog() == nil)
    }
    #expect(try moons(store) == [7])
    #expect(store.clearLog() == nil)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: file.path))
    #expect(bytes.range(of: Data("harvest".utf8)) == nil)
    #expect(bytes.range(of: Data("moon".utf8)) != nil)
    try file.verify()
  }

  @Test("that is cut off leaves the old tables as they are; the next one cleans up")
  func cutOff() throws {
    let before = try contents()["tally"]
    #expect(throws: CutOff.self) {
      try store.rebuild([Tally.self, WordIndex.self]) { _, _ in throw CutOff() }
    }
    #expect(try contents()["tally"] == before)
    #expect(try leftovers() != "0")
    #expect(try file.open(.readOnly).read { try $0.projectionStatuses() }[0].rebuiltThrough == 0)
    try file.verify()
    try file.open().append([.numbered(8)], to: "a")
    try file.open().rebuild([Tally.self])
    #expect(try leftovers() == "0")
    #expect(try moons(store) == [6, 7])
    try file.verify()
  }

  @Test("leaves no other connection behind, cut off or not: the log of writes goes with its own")
  func noConnectionLeft() throws {
    let file = try TestStore(projections: [Tally.self])
    for round in 1...20 {
      do {
        let handle = try file.open()
        try handle.append((0..<500).map { _ in .numbered(1) }, to: "m")
        if round.isMultiple(of: 2) {
          try handle.rebuild([Tally.self])
        } else {
          #expect(throws: CutOff.self) {
            try handle.rebuild([Tally.self]) { _, _ in throw CutOff() }
          }
        }
      }
      #expect(!FileManager.default.fileExists(atPath: file.path + "-wal"))
    }
  }
}

extension NewEvent {
  /// An event with a personal text.
  fileprivate static func texted(_ text: String) -> NewEvent {
    NewEvent(
      type: "Texted", version: 1, data: Array("{}".utf8), personalText: .sample(text))
  }
}
