import Foundation
import Testing

@testable import EventStore

@Suite("A write-ahead log whose tail is torn")
struct TornLogTests {
  /// How the bytes from some offset on are ruined.
  enum Damage: CaseIterable, Sendable {
    case cutOff, zeros, oneByte
    /// Bytes that stood elsewhere in the log.
    case misplaced
  }

  /// The files of a writer that died with eight commits in its log.
  private struct Remains {
    let content: Data
    let log: Data
    /// The size of the log after each commit.
    let ends: [Int]
  }

  private func remains() throws -> Remains {
    let file = try TestStore(projections: [Tally.self])
    let store = try file.open()
    var ends: [Int] = []
    for number in 1...8 {
      try store.append((0...number % 3).map(NewEvent.numbered), to: "stream-\(number % 2)")
      ends.append(try Data(contentsOf: URL(fileURLWithPath: file.path + "-wal")).count)
    }
    // Read while the store is open: closing it would empty the log.
    return Remains(
      content: try Data(contentsOf: URL(fileURLWithPath: file.path)),
      log: try Data(contentsOf: URL(fileURLWithPath: file.path + "-wal")), ends: ends)
  }

  private func ruin(_ log: Data, from offset: Int, _ damage: Damage) -> Data {
    let (whole, rest) = (log.prefix(offset), log.dropFirst(offset))
    return switch damage {
    case .cutOff: whole
    case .zeros: whole + Data(count: rest.count)
    case .oneByte: whole + rest.prefix(1).map { ~$0 } + rest.dropFirst()
    case .misplaced: whole + log.dropFirst(99).prefix(rest.count)
    }
  }

  @Test(
    "wherever the tear is, the commits before it are there and nothing of the others",
    arguments: Damage.allCases)
  func torn(_ damage: Damage) throws {
    let remains = try remains()
    #expect(remains.ends.last == remains.log.count)
    // Odd and prime: the tears fall on every part of a frame.
    for offset in stride(from: 0, through: remains.log.count, by: 5_003) {
      let file = try TestStore(projections: [Tally.self], isCreated: false)
      try remains.content.write(to: URL(fileURLWithPath: file.path))
      try ruin(remains.log, from: offset, damage)
        .write(to: URL(fileURLWithPath: file.path + "-wal"))
      let whole = Int64(remains.ends.count { $0 <= offset })
      #expect(try file.verify().commits == whole, "offset \(offset)")
      let next = try file.open().append([.numbered(9)], to: "stream-0")
      #expect(next.first?.commit.header.number == whole + 1, "offset \(offset)")
      #expect(try file.verify().commits == whole + 1, "offset \(offset)")
    }
  }
}
