import Foundation
import SQLite
import TestSupport
import Testing

@testable import EventStore

@Suite("A disk that fails or is full under rebuilds and catch-ups")
struct ProjectionFaultTests {
  /// How far apart the operations are that fail, one in each trial.
  private static let operationsPerTrial: Int64.Stride = 7

  private static var types: [any Projection.Type] {
    [Tally.self, DeferredTally.self, WordIndex.self]
  }

  /// A store of 7 events, of which the deferred projections have seen 5: copying it is faster.
  private static let image = Result {
    let file = try TestStore(projections: types)
    let store = try file.open()
    try SampleLog.write(to: store)
    try store.catchUp(DeferredTally.self, through: 5)
    try store.catchUp(WordIndex.self, through: 5)
    for text in ["late dinner", "breakfast"] {
      let event = NewEvent(
        type: "Texted", version: 1, data: Array("{}".utf8), personalText: .sample(text))
      try store.append([event], to: "w")
    }
    #expect(store.clearLog() == nil)
    return try Data(contentsOf: URL(fileURLWithPath: file.path))
  }

  private func trial() throws -> (file: TestStore, disk: FaultyDisk) {
    let file = try TestStore(projections: Self.types, isCreated: false)
    let disk = FaultyDisk(in: file.folder)
    try Self.image.get().write(to: URL(fileURLWithPath: file.path))
    return (file, disk)
  }

  private func tally(_ file: TestStore) throws -> [String: Int64] {
    try file.open(.readOnly).read(DeferredTally.self) { tally, _ in try tally.tally() }
  }

  private func dinners(_ file: TestStore) throws -> [Int64] {
    try file.open(.readOnly).read(WordIndex.self) { index, _ in try index.positions(of: "dinner") }
  }

  /// What the projections come to in the end.
  private func expectEverything(_ file: TestStore, _ trial: Comment) throws {
    #expect(try tally(file) == ["a": 3, "b": 2, "w": 2], trial)
    #expect(try dinners(file) == [5, 6], trial)
    #expect(
      try file.raw().rows("SELECT stream_id, events FROM tally ORDER BY 1")
        == [["a", "3"], ["b", "2"], ["w", "2"]], trial)
    #expect(try file.verify().commits == 5, trial)
  }

  /// How many operations `body` takes on a disk that works.
  private func operations(of body: (TestStore) throws -> Void) throws -> Int64 {
    let (file, disk) = try trial()
    disk.heal()
    try body(file)
    return disk.operations
  }

  @Test(
    "whichever operation fails, the old tables answer or the new, and a rebuild works afterwards",
    arguments: [false, true])
  func rebuild(_ failsOn: Bool) throws {
    let operations = try operations { try $0.open().rebuild(Self.types) }
    var refusals = 0
    for number in stride(from: 1, through: operations, by: Self.operationsPerTrial) {
      let (file, disk) = try trial()
      if failsOn { disk.fail(from: number) } else { disk.fail(at: number) }
      let rebuilt = Result { try file.open().rebuild(Self.types) }
      disk.heal()
      if case .failure(let error) = rebuilt {
        refusals += 1
        #expect(error is DatabaseError || error is StoreFileError, "operation \(number): \(error)")
      }
      try expectEverything(file, "operation \(number)")
      try file.open().rebuild(Self.types)
      try expectEverything(file, "operation \(number), rebuilt")
      #expect(
        try file.raw().value("SELECT count(*) FROM sqlite_schema WHERE name GLOB 'rebuild_*'")
          == "0")
    }
    #expect(operations > 60 && refusals > 5)
  }

  @Test(
    "whichever operation fails, a question is answered right or not at all",
    arguments: [false, true])
  func catchUp(_ failsOn: Bool) throws {
    let operations = try operations { file in
      _ = try tally(file)
      _ = try dinners(file)
    }
    var (answers, refusals) = (0, 0)
    for number in stride(from: 1, through: operations, by: Self.operationsPerTrial) {
      let (file, disk) = try trial()
      if failsOn { disk.fail(from: number) } else { disk.fail(at: number) }
      let answered = Result { (try tally(file), try dinners(file)) }
      disk.heal()
      switch answered {
      case .success(let answer):
        answers += 1
        #expect(answer == (["a": 3, "b": 2, "w": 2], [5, 6]), "operation \(number)")
      case .failure(let error):
        refusals += 1
        #expect(error is DatabaseError || error is StoreFileError, "operation \(number): \(error)")
      }
      try expectEverything(file, "operation \(number)")
    }
    #expect(operations > 60 && refusals > 5)
    #expect(failsOn || answers > 0)
  }

  @Test("without room, a rebuild fails as full and leaves the old tables; with room it is done")
  func roomToRebuild() throws {
    var (room, refusals, isDone): (Int64, Int, Bool) = (0, 0, false)
    while !isDone {
      let (file, disk) = try trial()
      disk.heal()
      disk.limitRoom(toBytes: room)
      let rebuilt = Result { try file.open().rebuild(Self.types) }
      disk.heal()
      switch rebuilt {
      case .success: isDone = true
      case .failure(let error):
        refusals += 1
        #expect((error as? DatabaseError)?.kind == .full, "room for \(room) bytes: \(error)")
      }
      try expectEverything(file, "room for \(room) bytes")
      room += 30_011
    }
    #expect(refusals > 2)
  }

  /// Where nothing can be written.
  enum Place: CaseIterable, Sendable {
    case fullDisk, protectedFile, protectedFolder
  }

  @Test(
    "where nothing can be written, a question is answered from copies, and the file stays as it is",
    arguments: Place.allCases)
  func copies(_ place: Place) throws {
    let (file, disk) = try trial()
    switch place {
    case .fullDisk: disk.limitRoom(toBytes: 0)
    case .protectedFile: disk.protectFiles()
    case .protectedFolder: disk.protectFiles(andFolder: true)
    }
    for _ in 0..<2 {
      #expect(try tally(file) == ["a": 3, "b": 2, "w": 2])
      #expect(try dinners(file) == [5, 6])
    }
    disk.heal()
    #expect(try Data(contentsOf: URL(fileURLWithPath: file.path)) == Self.image.get())
    try expectEverything(file, "healed")
  }
}
