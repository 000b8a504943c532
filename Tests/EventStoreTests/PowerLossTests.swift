import SQLite
import TestSupport
import Testing

@testable import EventStore

@Suite("Power cuts while events are appended")
struct PowerLossTests {
  /// What was acknowledged between two power cuts, and the end of the log after the second.
  private struct Life {
    var receipts: [LogHead] = []
    var survivor: LogHead
  }

  let file: TestStore
  let disk: FaultyDisk

  init() throws {
    file = try TestStore(projections: [Tally.self], isCreated: false)
    disk = FaultyDisk(in: file.folder)
    try file.create()
  }

  /// Appends up to commit `last` until the power goes; a receipt for each commit.
  private func append(through last: Int64, _ settings: String, _ receipts: inout [LogHead]) {
    do {
      let store = try file.open()
      try store.database.execute(settings)
      try store.database.execute("PRAGMA wal_autocheckpoint = 40")
      for number in try store.head().commitNumber..<last {
        let numbers = Int(number)...Int(number + number % 3)
        let receipt = try store.write { transaction in
          let append = StreamAppend(
            streamID: "stream-\(number % 7)", expectedVersion: .any,
            events: numbers.map(NewEvent.numbered))
          try transaction.append(NewCommit([append]))
          return transaction.head
        }
        receipts.append(receipt)
      }
    } catch {
      // The power is gone; the caller looks at what is left.
    }
  }

  /// Cuts the power at random until there are `last` commits.
  private func appendThroughCuts(
    to last: Int64, settings: String = "", seed: UInt64
  ) throws -> [Life] {
    var random = SeededRandom(seed: seed)
    var lives: [Life] = []
    var survivor = try file.open(.readOnly).head()
    while survivor.commitNumber < last {
      var receipts: [LogHead] = []
      // A commit that is lost and appended again differs by its time.
      file.clock.micros += 1_000_000
      disk.fail(from: .random(in: 1...800, using: &random))
      append(through: last, settings, &receipts)
      try disk.loseUnsynced(
        keepingPercent: [0, 50, 100].randomElement(using: &random) ?? 0, seed: random.next())
      disk.heal()
      try file.verify()
      survivor = try file.open(.readOnly).head()
      lives.append(Life(receipts: receipts, survivor: survivor))
    }
    return lives
  }

  @Test("1,000 appends through power cuts: every receipt is there, and one commit more at most")
  func full() throws {
    let lives = try appendThroughCuts(to: 1_000, seed: 1)
    var hashes: [Int64: Digest256] = [:]
    for event in try file.open(.readOnly).events() { hashes[event.position] = event.commit.hash }
    var commits: Int64 = 0
    for life in lives {
      for receipt in life.receipts { #expect(hashes[receipt.position] == receipt.hash) }
      let acknowledged = life.receipts.last?.commitNumber ?? commits
      #expect((0...1).contains(life.survivor.commitNumber - acknowledged))
      commits = life.survivor.commitNumber
    }
    #expect(lives.count > 20)
    #expect(commits == 1_000)
  }

  @Test("with synchronous=NORMAL a power cut may take the last receipts, but leaves a whole store")
  func normal() throws {
    let lives = try appendThroughCuts(to: 300, settings: "PRAGMA synchronous = NORMAL", seed: 2)
    let bereft = lives.count { life in
      life.receipts.contains { $0.position > life.survivor.position }
    }
    #expect(bereft > 0)
    #expect(try file.verify().commits == 300)
  }
}
