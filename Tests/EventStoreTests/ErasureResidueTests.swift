import Foundation
import SQLite
import TestSupport
import Testing

@testable import EventStore

@Suite("Text that was erased is in no byte of the file, nor of what stands beside it")
struct ErasureResidueTests {
  /// From less than a cell's header to several overflow pages.
  private static let sizes = [12, 60, 700, 2_600, 9_000, 40_000]

  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore(projections: [Tally.self])
    store = try file.open()
  }

  private func append(_ texts: [MarkedText], reason: MarkedText? = nil, to stream: String) throws {
    let events = texts.map {
      NewEvent(type: "Noted", version: 1, data: Array("{}".utf8), personalText: $0.text)
    }
    let append = StreamAppend(streamID: stream, expectedVersion: .any, events: events)
    try store.append(NewCommit([append], reason: reason?.text))
  }

  @Test("after many appends and erasures of texts of all sizes, while the rest stays readable")
  func interleaved() throws {
    var random = SeededRandom(seed: 11)
    var there: [Int64: MarkedText] = [:]
    var gone: [MarkedText] = []
    var number = 0
    func marked(_ field: String) -> MarkedText {
      number += 1
      let size = Self.sizes.randomElement(using: &random) ?? 0
      return MarkedText(number: number, size: size, field: field)
    }
    for round in 1...30 {
      for _ in 1...4 {
        let texts = (0..<Int.random(in: 1...3, using: &random)).map { _ in marked("description") }
        let first = try store.head().position + 1
        try append(texts, to: "s\(Int.random(in: 1...4, using: &random))")
        for (offset, text) in texts.enumerated() { there[first + Int64(offset)] = text }
      }
      let positions = there.keys.sorted().shuffled(using: &random).prefix(round % 7 + 1)
      let reason = MarkedText(number: 1_000_000 + round, size: 60, field: "reason")
      try store.erase(.positions(Array(positions)), reason: reason.text)
      #expect(store.clearLog() == nil)
      let erased = positions.compactMap { there.removeValue(forKey: $0) }
      let bytes = try file.bytes()
      #expect(!erased.contains { $0.isIn(bytes) }, "round \(round)")
      gone += erased
    }
    #expect(gone.count > 80 && there.count > 100)
    let bytes = try file.bytes()
    #expect(!gone.contains { $0.isIn(bytes) })
    #expect(there.values.allSatisfy { $0.isIn(bytes) })
    for event in try file.open(.readOnly).events() where event.type == "Noted" {
      #expect(event.personalText == there[event.position]?.text)
    }
    try file.verify()
  }

  @Test("if it was the reason of a commit, or all that there was")
  func reasons() throws {
    let texts = (1...6).map { MarkedText(number: $0, size: Self.sizes[$0 - 1]) }
    let reasons = (1...6).map {
      MarkedText(number: 100 + $0, size: Self.sizes[$0 - 1], field: "reason")
    }
    for (text, reason) in zip(texts, reasons) { try append([text], reason: reason, to: "a") }
    let before = try file.bytes()
    #expect((texts + reasons).allSatisfy { $0.isIn(before) })
    try store.erase(.stream("a"), reason: .sample("x", field: "reason"))
    #expect(store.clearLog() == nil)
    let bytes = try file.bytes()
    #expect(!(texts + reasons).contains { $0.isIn(bytes) })
    #expect(try file.raw().value("SELECT count(*) FROM personal_texts") == "1")
  }

  @Test("if another program had copied it into a table of its own and dropped that")
  func freePages() throws {
    let texts = (1...60).map { MarkedText(number: $0, size: Self.sizes[$0 % 6]) }
    for text in texts { try append([text], to: "a") }
    try file.raw().run(
      """
      PRAGMA secure_delete = OFF;
      CREATE TABLE scratch AS SELECT * FROM personal_texts; DROP TABLE scratch;
      CREATE TABLE scratch AS SELECT * FROM personal_texts LIMIT 20; DROP TABLE scratch
      """)
    try store.erase(.stream("a"))
    #expect(store.clearLog() == nil)
    let bytes = try file.bytes()
    #expect(!texts.contains { $0.isIn(bytes) })
    try file.verify()
  }

  @Test("on a handle that holds a snapshot of a stream and has a projection of it")
  func caches() throws {
    let text = MarkedText(number: 1, size: 700)
    var event = NewEvent.numbered(1)
    event.personalText = text.text
    try store.append([event], to: "a")
    try store.write { transaction in
      var counter = try transaction.log.load(Counter.self, "a")
      #expect(try transaction.saveSnapshot(of: &counter))
    }
    try store.erase(.stream("a"))
    #expect(store.clearLog() == nil)
    let bytes = try file.bytes()
    #expect(!text.isIn(bytes))
    #expect(try file.raw().value("SELECT count(*) FROM snapshots") == "1")
  }

  @Test("once a reader that kept the log from being emptied has ended")
  func longReader() throws {
    let text = MarkedText(number: 1, size: 9_000)
    try append([text], to: "a")
    try store.database.execute("PRAGMA busy_timeout = 30")
    try file.open(.readOnly).read { log in
      let seen = try log.head()
      try store.erase(.stream("a"))
      #expect(store.clearLog() == .logInUse)
      #expect(text.isIn(try file.bytes()))
      // The reader's view is of before, and it can't be taken away.
      #expect(try log.head() == seen)
      #expect(try log.event(at: 1)?.personalText == text.text)
    }
    #expect(store.clearLog() == nil)
    #expect(!text.isIn(try file.bytes()))
    try file.verify()
  }

  @Test("in a file that another program keeps without a log of writes")
  func otherJournal() throws {
    let text = MarkedText(number: 1, size: 9_000)
    try append([text], to: "a")
    let other = try TestStore(isCreated: false)
    try FileManager.default.copyItem(atPath: file.path, toPath: other.path)
    try FileManager.default.copyItem(atPath: file.path + "-wal", toPath: other.path + "-wal")
    #expect(try other.raw().value("PRAGMA journal_mode = DELETE") == "delete")
    let handle = try EventStore(
      path: other.path, access: .readWrite, configuration: file.configuration())
    try handle.erase(.stream("a"))
    #expect(handle.clearLog() == nil)
    #expect(!text.isIn(try other.bytes()))
  }
}
