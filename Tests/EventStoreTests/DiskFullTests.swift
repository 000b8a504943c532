import Foundation
import SQLite
import TestSupport
import Testing

@testable import EventStore

@Suite("A disk that is full or write-protected")
struct DiskFullTests {
  @Test(
    "without room, an append fails as full, leaves nothing, and works once there is room",
    arguments: AppendTrial.Setting.allCases)
  func append(_ setting: AppendTrial.Setting) throws {
    var (room, refusals, isAcknowledged): (Int64, Int, Bool) = (0, 0, false)
    while !isAcknowledged {
      let trial = try AppendTrial(setting)
      trial.disk.heal()
      trial.disk.limitRoom(toBytes: room)
      let error = trial.attempt()
      isAcknowledged = error == nil
      if let error {
        refusals += 1
        #expect((error as? DatabaseError)?.kind == .full, "room for \(room) bytes: \(error)")
        #expect(try trial.file.verify().commits == 3, "room for \(room) bytes")
        trial.disk.heal()
        #expect(try trial.append() == 4, "room for \(room) bytes")
      }
      trial.close()
      trial.disk.heal()
      #expect(try trial.file.verify().commits == 4, "room for \(room) bytes")
      room += 3_001
    }
    #expect(refusals > 5)
  }

  @Test("a receipt stands even if there is no room to copy the log into the file")
  func checkpoint() throws {
    let trial = try AppendTrial(.closed)
    trial.disk.limitRoom(toBytes: 500_000)
    #expect(try trial.append() == 4)
    trial.disk.limitRoom(toBytes: 0)
    trial.close()
    #expect(try trial.file.verify().commits == 4)
  }

  @Test("without room, a store is not made and leaves nothing; with room it is")
  func creation() throws {
    var (room, refusals, isMade): (Int64, Int, Bool) = (0, 0, false)
    while !isMade {
      let file = try TestStore(projections: [Tally.self], isCreated: false)
      let disk = FaultyDisk(in: file.folder)
      disk.limitRoom(toBytes: room)
      let made = Result { try file.create() }
      disk.heal()
      switch made {
      case .success: isMade = true
      case .failure(let error):
        refusals += 1
        #expect((error as? DatabaseError)?.kind == .full, "room for \(room) bytes: \(error)")
        #expect(try file.folder.names() == [], "room for \(room) bytes")
        try file.create()
      }
      #expect(try file.verify().commits == 0, "room for \(room) bytes")
      room += 5_003
    }
    #expect(refusals > 10)
  }

  @Test("a file at its limit of pages takes no append that needs another one, and keeps the rest")
  func pageLimit() throws {
    let file = try TestStore(projections: [Tally.self])
    let store = try file.open()
    // Never less than the file has.
    try store.database.execute("PRAGMA max_page_count = 1")
    let text = Array("{\"text\":\"\(String(repeating: "x", count: 20_000))\"}".utf8)
    let event = NewEvent(type: "Text", version: 1, data: text)
    let error = #expect(throws: DatabaseError.self) { try store.append([event], to: "a") }
    #expect(error?.kind == .full)
    #expect(try store.append([.numbered(1)], to: "a").map(\.position) == [1])
    try store.database.execute("PRAGMA max_page_count = 1000000")
    #expect(try store.append([event], to: "a").map(\.position) == [2])
    #expect(try file.verify().commits == 2)
  }

  @Test("an append to a write-protected file fails as read-only, and reading works")
  func protectedFile() throws {
    let trial = try AppendTrial(.closed)
    let before = try Data(contentsOf: URL(fileURLWithPath: trial.file.path))
    trial.disk.protectFiles()
    let store = try trial.file.open()
    let error = #expect(throws: DatabaseError.self) { try store.append([.numbered(4)], to: "a") }
    #expect(error?.kind == .readOnly)
    #expect(try store.events().count == 3)
    #expect(try trial.file.verify().commits == 3)
    #expect(try Data(contentsOf: URL(fileURLWithPath: trial.file.path)) == before)
  }

  @Test("a store on write-protected media can't be opened for writing, and reading works")
  func protectedMedia() throws {
    let trial = try AppendTrial(.closed)
    trial.disk.protectFiles(andFolder: true)
    let error = #expect(throws: DatabaseError.self) { try trial.append() }
    #expect(error?.kind == .cannotOpen)
    #expect(try trial.file.verify().commits == 3)
    #expect(try trial.file.folder.names() == ["test.ledger"])
    trial.disk.heal()
    #expect(try trial.append() == 4)
  }

  @Test("where files can't be written no store is made, and nothing is left")
  func protectedCreation() throws {
    let file = try TestStore(isCreated: false)
    let disk = FaultyDisk(in: file.folder)
    disk.protectFiles()
    let error = #expect(throws: DatabaseError.self) { try file.create() }
    #expect(error?.kind == .readOnly)
    #expect(try file.folder.names() == [])
  }
}
