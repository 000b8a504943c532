import SQLite
import TestSupport
import Testing

@testable import EventStore

@Suite("A disk on which any one file operation fails")
struct FaultInjectionTests {
  /// What follows the first failure.
  enum Aftermath: CaseIterable, Sendable {
    /// Everything else fails too, until the store is opened again: the writer died.
    case outage
    /// The power is cut: whatever was not synced is gone.
    case powerCut
    /// The power is cut: some sectors that were not synced survive.
    case tornPowerCut
  }

  /// Calls `body` with 1, 2, 3, … for as long as it says that this operation failed; how many did.
  private func forEachOperation(_ body: (Int64) throws -> Bool) rethrows -> Int64 {
    var number: Int64 = 1
    while try body(number) { number += 1 }
    return number - 1
  }

  @Test(
    "whichever operation fails, an append is refused or whole, and its handle goes on",
    arguments: AppendTrial.Setting.allCases)
  func oneFailure(_ setting: AppendTrial.Setting) throws {
    var refusals = 0
    let operations = try forEachOperation { number in
      let trial = try AppendTrial(setting)
      trial.disk.fail(at: number)
      let error = trial.attempt()
      let hasFailed = trial.disk.hasFailed
      trial.disk.heal()
      if let error {
        refusals += 1
        #expect(error is DatabaseError, "operation \(number): \(error)")
        #expect(try trial.file.verify().commits == 3, "operation \(number): \(error)")
        #expect(try trial.append() == 4, "operation \(number): \(error)")
      }
      trial.close()
      #expect(try trial.file.verify().commits == 4, "operation \(number)")
      return hasFailed
    }
    #expect(operations > 20 && refusals > 10)
  }

  @Test(
    "whichever operation is the last, an append is absent or whole, and whole if acknowledged",
    arguments: AppendTrial.Setting.allCases, Aftermath.allCases)
  func outage(_ setting: AppendTrial.Setting, _ aftermath: Aftermath) throws {
    var found: Set<Int64> = []
    let operations = try forEachOperation { number in
      let trial = try AppendTrial(setting)
      trial.disk.fail(from: number)
      let error = trial.attempt()
      // Closing belongs to the trial: operations may fail after the receipt.
      trial.close()
      let hasFailed = trial.disk.hasFailed
      switch aftermath {
      case .outage: break
      case .powerCut: try trial.disk.loseUnsynced(keepingPercent: 0, seed: 0)
      case .tornPowerCut:
        try trial.disk.loseUnsynced(keepingPercent: 70, seed: UInt64(number))
      }
      trial.disk.heal()
      let commits = try trial.file.verify().commits
      found.insert(commits)
      #expect(error == nil || error is DatabaseError, "operation \(number)")
      #expect(commits == 4 || error != nil && commits == 3, "operation \(number)")
      let next = try trial.file.open().append([.numbered(8)], to: "b")
      #expect(next.first?.commit.header.number == commits + 1, "operation \(number)")
      return hasFailed
    }
    #expect(operations > 20)
    #expect(found == [3, 4])
  }

  @Test("whichever operation fails, a store is made whole or not at all", arguments: [false, true])
  func creation(_ failsOn: Bool) throws {
    var refusals = 0
    let operations = try forEachOperation { number in
      let file = try TestStore(projections: [Tally.self], isCreated: false)
      let disk = FaultyDisk(in: file.folder)
      if failsOn { disk.fail(from: number) } else { disk.fail(at: number) }
      let made = Result { try file.create() }
      let hasFailed = disk.hasFailed
      disk.heal()
      if case .failure(let error) = made {
        refusals += 1
        #expect(error is DatabaseError, "operation \(number): \(error)")
        #expect(try file.folder.names() == [], "operation \(number): \(error)")
        try file.create()
      }
      #expect(try file.verify().commits == 0, "operation \(number)")
      #expect(try file.raw().value("PRAGMA journal_mode") == "wal", "operation \(number)")
      #expect(try file.open().append([.numbered(1)], to: "a").count == 1, "operation \(number)")
      return hasFailed
    }
    #expect(operations > 20 && refusals > 10)
  }

  @Test("whichever operation fails, a reader gets what is there or an error, and goes on")
  func reading() throws {
    var refusals = 0
    let operations = try forEachOperation { number in
      let trial = try AppendTrial(.unrecovered)
      trial.disk.fail(at: number)
      var opened: EventStore?
      let events = Result {
        let store = try trial.file.open(.readOnly)
        opened = store
        return try store.events()
      }
      let hasFailed = trial.disk.hasFailed
      trial.disk.heal()
      switch events {
      case .success(let events): #expect(events.count == 3, "operation \(number)")
      case .failure(let error):
        refusals += 1
        let isTyped = error is DatabaseError || error is StoreFileError
        #expect(isTyped, "operation \(number): \(error)")
      }
      let store = try opened ?? trial.file.open(.readOnly)
      #expect(try store.events().count == 3, "operation \(number)")
      return hasFailed
    }
    #expect(operations > 20 && refusals > 10)
  }

  @Test("whichever operation fails, who reads commit by commit can go on, and holds nothing")
  func commitByCommit() throws {
    var refusals = 0
    let operations = try forEachOperation { number in
      let trial = try AppendTrial(.closed)
      func commits(_ store: EventStore) throws -> Int {
        var count = 0
        try store.read { try $0.forEachCommit { _ in count += 1 } }
        return count
      }
      let store = try trial.file.open()
      trial.disk.fail(at: number)
      let found = Result { try commits(store) }
      let hasFailed = trial.disk.hasFailed
      trial.disk.heal()
      switch found {
      case .success(let count): #expect(count == 3, "operation \(number)")
      case .failure: refusals += 1
      }
      #expect(try commits(store) == 3, "operation \(number)")
      try trial.file.open().append([.numbered(4)], to: "a")
      #expect(store.clearLog() == nil, "operation \(number): something is still being read")
      return hasFailed
    }
    #expect(operations > 3 && refusals > 3)
  }

  @Test("every kind of file operation is among those that fail")
  func kinds() throws {
    let kinds: [FaultyDisk.Operations] = [
      .open, .read, .write, .truncate, .sync, .size, .lock, .sharedMemory, .delete, .access,
    ]
    for kind in kinds {
      let trial = try AppendTrial(.unrecovered)
      trial.disk.heal(counting: kind)
      _ = try trial.append()
      trial.close()
      #expect(trial.disk.operations > 0, "\(kind)")
    }
    #expect(FaultyDisk.Operations(kinds) == .all)
  }
}
