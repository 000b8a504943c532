import Foundation
import SQLite
import TestSupport
import Testing

@testable import EventStore

/// A process that appends texts and erases them until it dies.
struct DoomedEraser: Codable, Sendable {
  let path: String
  let lifeMicros: UInt32

  /// The text of the event at `position`.
  static func text(at position: Int64) -> MarkedText {
    MarkedText(number: Int(position), size: [12, 700, 9_000][Int(position % 3)])
  }

  /// Never returns.
  func run() throws {
    let lifeMicros = lifeMicros
    Thread.detachNewThread {
      usleep(lifeMicros)
      kill(getpid(), SIGKILL)
    }
    var configuration = TestStore.configuration(clockMicros: 1_700_000_000_000_000)
    configuration.projections = [Tally.self]
    let store = try EventStore(path: path, access: .readWrite, configuration: configuration)
    while true {
      let last = try store.head().position
      try store.append(
        (1...3).map {
          NewEvent(
            type: "Noted", version: 1, data: Array("{}".utf8),
            personalText: Self.text(at: last + $0).text)
        }, to: "a")
      try store.erase(.positions([last + 2]))
      _ = store.clearLog()
    }
  }
}

@Suite("An erasure that is cut off")
struct ErasureFaultTests {
  @Test(
    "by a kill at any moment is whole or absent, and once the log is emptied nothing is left of it",
    .timeLimit(.minutes(5)))
  func killed() async throws {
    let file = try TestStore(projections: [Tally.self])
    var random = SeededRandom(seed: 6)
    for _ in 1...25 {
      let eraser = DoomedEraser(
        path: file.path,
        lifeMicros: .random(in: 20_000...160_000, using: &random) * Sanitizer.slowdown)
      await #expect(processExitsWith: .signal(SIGKILL)) { [eraser = eraser as DoomedEraser] in
        try eraser.run()
      }
      try file.verify()
    }
    let store = try file.open()
    #expect(store.clearLog() == nil)
    let bytes = try file.bytes()
    var (there, gone) = (0, 0)
    for event in try store.events() where event.type == "Noted" {
      let text = DoomedEraser.text(at: event.position)
      #expect(text.isIn(bytes) == !event.isTextErased, "position \(event.position)")
      if event.isTextErased { gone += 1 } else { there += 1 }
    }
    #expect(gone > 20 && there > 2 * gone)
  }

  /// What stands in the files, once all operations work again.
  private func expectWhole(
    _ file: TestStore, _ text: MarkedText, isErased: Bool, _ operation: Int64
  ) throws {
    #expect(try file.verify().commits == (isErased ? 3 : 2), "operation \(operation)")
    let store = try file.open()
    if !isErased { try store.erase(.positions([2])) }
    #expect(store.clearLog() == nil, "operation \(operation)")
    #expect(!text.isIn(try file.bytes()), "operation \(operation)")
    #expect(try store.events().first?.personalText?.text == "kept", "operation \(operation)")
  }

  @Test(
    "by a file operation that fails is whole or absent, and can be repeated",
    arguments: [false, true])
  func failing(_ failsOn: Bool) throws {
    var (number, refusals, unfinished): (Int64, Int, Int) = (0, 0, 0)
    var hasFailed = true
    while hasFailed {
      number += 1
      let file = try TestStore(projections: [Tally.self], isCreated: false)
      let disk = FaultyDisk(in: file.folder)
      try file.create()
      let text = MarkedText(number: 1, size: 9_000)
      var store: EventStore? = try file.open()
      for personal in [PersonalText.sample("kept"), text.text] {
        try store?.append(
          [NewEvent(type: "N", version: 1, data: [0x7B, 0x7D], personalText: personal)], to: "a")
      }
      if failsOn { disk.fail(from: number) } else { disk.fail(at: number) }
      let erased = Result { try store?.erase(.positions([2])) }
      let residue = store?.clearLog()
      hasFailed = disk.hasFailed
      store = nil
      disk.heal()
      switch erased {
      case .success: if residue != nil { unfinished += 1 }
      case .failure(let error):
        refusals += 1
        #expect(error is DatabaseError, "operation \(number): \(error)")
      }
      let isErased = try file.open(.readOnly).head().commitNumber == 3
      // What was acknowledged is there; an outage may hide that it worked.
      if case .success = erased { #expect(isErased, "operation \(number)") }
      if !failsOn, case .failure = erased { #expect(!isErased, "operation \(number)") }
      try expectWhole(file, text, isErased: isErased, number)
    }
    #expect(number > 15 && refusals > 5 && unfinished > 3)
  }
}
