import Foundation
import SQLite
import TestSupport
import Testing

@testable import EventStore

/// A process that makes copies until it dies.
struct DoomedCopier: Codable, Sendable {
  let path: String
  /// Copies get this path and a number.
  let copies: String
  let lifeMicros: UInt32

  /// Never returns.
  func run() throws {
    let lifeMicros = lifeMicros
    Thread.detachNewThread {
      usleep(lifeMicros)
      kill(getpid(), SIGKILL)
    }
    var configuration = TestStore.configuration(clockMicros: 1_700_000_000_000_000)
    configuration.projections = [Tally.self]
    for number in 1... {
      _ = try EventStore.copy(
        path, to: "\(copies)\(number)", for: number % 2 == 0 ? .backup : .restore,
        configuration: configuration, progress: { _, _ in }, check: { _ in })
    }
  }
}

@Suite("Copying a store on a disk that fails, or until somebody kills it")
struct StoreCopyFaultTests {
  /// The file of a store of three commits: copying it is much faster than making it.
  private static let threeCommits = Result {
    let file = try TestStore(projections: [Tally.self])
    let store = try file.open()
    for number in 1...3 { try store.append([.numbered(number)], to: "a") }
    try store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return try Data(contentsOf: URL(fileURLWithPath: file.path))
  }

  /// Such a store on a disk that works.
  private func trial() throws -> (TestStore, FaultyDisk) {
    let file = try TestStore(projections: [Tally.self], isCreated: false)
    let disk = FaultyDisk(in: file.folder)
    try Self.threeCommits.get().write(to: URL(fileURLWithPath: file.path))
    return (file, disk)
  }

  /// Either there is a whole copy or nothing, and no draft.
  private func expectAllOrNothing(
    _ file: TestStore, _ made: Result<Int64, any Error>, _ place: String
  ) throws {
    switch made {
    case .success: #expect(try file.openCopy().verify().commits == 3, "\(place)")
    case .failure(let error):
      #expect(error is DatabaseError || error is StoreFileError, "\(place): \(error)")
      #expect(!FileManager.default.fileExists(atPath: file.copyPath), "\(place)")
    }
    #expect(try !file.folder.names().contains { StoreDraft.isName($0) }, "\(place)")
    #expect(try file.verify().commits == 3, "\(place)")
  }

  @Test(
    "whichever operation fails, there is a whole copy or nothing",
    arguments: [(false, EventStore.CopyPurpose.backup), (true, .restore)])
  func failing(_ failsOn: Bool, _ purpose: EventStore.CopyPurpose) throws {
    var (number, refusals): (Int64, Int) = (0, 0)
    var hasFailed = true
    while hasFailed {
      number += 1
      let (file, disk) = try trial()
      if failsOn { disk.fail(from: number) } else { disk.fail(at: number) }
      let made = Result { try file.copy(for: purpose) }
      hasFailed = disk.hasFailed
      disk.heal()
      if case .failure = made { refusals += 1 }
      try expectAllOrNothing(file, made, "operation \(number)")
    }
    #expect(number > 20 && refusals > 15)
  }

  @Test("without room it fails as full and leaves nothing; with room there is a copy")
  func noRoom() throws {
    var (room, refusals, isMade): (Int64, Int, Bool) = (0, 0, false)
    while !isMade {
      let (file, disk) = try trial()
      // The index of the log, which the reader makes.
      let reader = try file.open(.readOnly)
      _ = try reader.head()
      disk.limitRoom(toBytes: room)
      let made = Result { try file.copy() }
      disk.heal()
      try expectAllOrNothing(file, made, "room for \(room) bytes")
      switch made {
      case .success: isMade = true
      case .failure(let error):
        refusals += 1
        #expect((error as? DatabaseError)?.kind == .full, "room for \(room) bytes: \(error)")
      }
      room += 40_009
    }
    #expect(refusals > 5)
  }

  @Test("a store on write-protected media is copied elsewhere, and a copy is read from such")
  func protectedMedia() throws {
    let (file, disk) = try trial()
    let other = try TestStore(projections: [Tally.self], isCreated: false)
    disk.protectFiles(andFolder: true)
    try file.copy(to: other.path)
    disk.heal()
    #expect(try other.verify() == file.verify())
    let otherDisk = FaultyDisk(in: other.folder)
    otherDisk.protectFiles(andFolder: true)
    #expect(try other.verify() == file.verify())
    #expect(try other.folder.names() == ["test.ledger"])
  }

  @Test(
    "killed at any moment leaves whole copies, and drafts that are known for what they are",
    .timeLimit(.minutes(5)))
  func killed() async throws {
    let file = try TestStore(projections: [Tally.self])
    let text = String(repeating: "x", count: 100_000)
    let event = NewEvent(type: "Long", version: 1, data: Array("{\"text\":\"\(text)\"}".utf8))
    for _ in 1...30 { try file.open().append([event], to: "b") }
    var random = SeededRandom(seed: 10)
    var (drafts, copies): ([String], [String]) = ([], [])
    var round = 0
    // More rounds where the machine is so busy that few copies get done in one.
    while round < 8 || (copies.count < 5 || drafts.count < 3) && round < 80 {
      round += 1
      let copier = DoomedCopier(
        path: file.path, copies: file.folder.path("copy-\(round)-"),
        lifeMicros: .random(in: 5_000...80_000, using: &random) * Sanitizer.slowdown)
      await #expect(processExitsWith: .signal(SIGKILL)) { [copier = copier as DoomedCopier] in
        try copier.run()
      }
      drafts = try file.open(.readOnly).surroundings().drafts
      copies = try file.folder.names().filter { $0.hasPrefix("copy-") && !drafts.contains($0) }
    }
    #expect(copies.count >= 5 && drafts.count >= 3)
    for name in copies {
      let copy = try EventStore(
        path: file.folder.path(name), access: .readOnly, configuration: file.configuration())
      #expect(try copy.verify().commits == 30, "\(name)")
    }
    #expect(try file.verify().commits == 30)
  }
}
