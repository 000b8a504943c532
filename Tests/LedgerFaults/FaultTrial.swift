import EventStore
import Foundation
import LedgerImport
import LedgerKit
import SQLite
import TestSupport

/// A promise that was broken when the disk failed.
package struct FaultFinding: Error, CustomStringConvertible {
  package let description: String
}

/// One operation on a ledger, on a disk of which one file operation fails.
package struct FaultTrial {
  /// What came of it.
  package enum Outcome: Hashable, Sendable {
    /// It failed, and said so.
    case refused
    /// It was acknowledged all the same.
    case acknowledged
    /// There were fewer operations: none failed.
    case unharmed
  }

  private let operation: FaultOperation
  private let fault: Fault
  private let folder: TemporaryFolder
  private let disk: FaultyDisk
  private let environment = FaultLedger.environment()
  /// How many events there are when all is done.
  private let end: Int64
  private let start: Int64

  private var path: String { folder.path("ledger.db") }

  /// How many file operations there are of which one can fail this way.
  package static func count(_ operation: FaultOperation, _ fault: Fault) throws -> Int64 {
    let trial = try FaultTrial(operation, fault, end: 0)
    trial.disk.heal(counting: trial.kinds)
    try trial.perform().get()
    return trial.disk.operations
  }

  /// How many events a ledger has when `operation` is done.
  package static func end(of operation: FaultOperation) throws -> Int64 {
    let trial = try FaultTrial(operation, .error, end: 0)
    trial.disk.heal()
    try trial.perform().get()
    return try trial.head() ?? 0
  }

  /// A new file; when all is done it has `end` events.
  package init(_ operation: FaultOperation, _ fault: Fault, end: Int64) throws {
    (self.operation, self.fault, self.end) = (operation, fault, end)
    folder = try TemporaryFolder()
    disk = FaultyDisk(in: folder)
    try operation.file?.image.write(to: URL(fileURLWithPath: folder.path("ledger.db")))
    start =
      switch operation.file {
      case .current, .withSnapshots: 12
      case .older: 14
      case nil: 0
      }
  }

  private var kinds: FaultyDisk.Operations {
    switch fault {
    case .shortWrite, .noRoom: .write
    case .error, .outage, .powerCut, .tornPowerCut: .all
    }
  }

  /// What a handle was told, and the handle.
  private final class Attempt {
    var ledger: Ledger?
    var acknowledged: [NotedHead] = []
    var error: (any Error)?

    func get() throws { if let error { throw error } }
  }

  /// Does it on a new handle, or on the handle of an attempt before.
  private func perform(again before: Attempt? = nil) -> Attempt {
    let attempt = Attempt()
    attempt.ledger = before?.ledger
    do {
      if operation == .create, attempt.ledger == nil {
        do throws(any Error) {
          try Ledger.create(at: path, environment: environment)
        } catch StoreFileError.alreadyExists {
          // It is done.
        }
      }
      let ledger = try attempt.ledger ?? open(.readWrite)
      attempt.ledger = ledger
      try operation.perform(on: ledger) { attempt.acknowledged.append($0) }
    } catch {
      attempt.error = error
    }
    return attempt
  }

  private func open(_ access: EventStore.Access) throws -> Ledger {
    try Ledger(path: path, options: .init(access: access), environment: environment)
  }

  /// The last position; nil if there is no file, or one of an older format.
  private func head() throws -> Int64? {
    do throws(any Error) {
      return try open(.readOnly).verify().events
    } catch let error as StoreFileError {
      switch error {
      case .missing where operation == .create: return nil
      case .tooOld where operation == .migration: return nil
      case .projectionOutdated where operation == .migration:
        // In the new format; its read models wait for whoever writes next.
        try open(.readWrite).bringUpToDate()
        return try open(.readOnly).verify().events
      default: throw error
      }
    }
  }

  // MARK: The trial

  /// Lets operation `number` fail, counting from 1, and checks what is left. Throws `FaultFinding`.
  package func run(failing number: Int64) throws -> Outcome {
    switch fault {
    case .error: disk.fail(at: number)
    case .shortWrite, .noRoom:
      disk.failWrites(leaving: fault == .noRoom ? .halfAsFull : .half)
      disk.fail(at: number, .write)
    case .outage, .powerCut, .tornPowerCut: disk.fail(from: number)
    }
    let attempt = perform()
    if !fault.isSingle { attempt.ledger = nil }
    let hasFailed = disk.hasFailed
    try loseUnsynced(seed: UInt64(number))
    disk.heal()
    do {
      try check(attempt)
      try finish(attempt)
    } catch let finding as FaultFinding {
      throw finding
    } catch {
      throw FaultFinding(description: "with the disk in order again: \(error)")
    }
    guard hasFailed else { return .unharmed }
    return attempt.error == nil ? .acknowledged : .refused
  }

  private func loseUnsynced(seed: UInt64) throws {
    switch fault {
    case .error, .shortWrite, .noRoom, .outage: return
    case .powerCut: try disk.loseUnsynced(keepingPercent: 0, seed: 0)
    case .tornPowerCut: try disk.loseUnsynced(keepingPercent: 70, seed: seed)
    }
  }

  /// Checks what is there and what was said.
  private func check(_ attempt: Attempt) throws {
    if let error = attempt.error { try checkFamily(error) }
    let found = try head()
    let events = found ?? start
    try require(
      events == start || events == end
        || !operation.isAllOrNothing && (start...end).contains(events),
      "\(events) events: half of it is there")
    try require(
      attempt.error != nil || found == end, "it was acknowledged, and is not there")
    if fault.isSingle, attempt.error != nil, operation.isAllOrNothing, operation != .create {
      try require(events == start, "it failed, and is there")
    }
    if !attempt.acknowledged.isEmpty {
      _ = try open(.readOnly).verify(against: attempt.acknowledged)
    }
    try require(
      try !folder.names().contains { $0.contains(".init-") } || !fault.isSingle,
      "half a file is left")
  }

  /// The families of errors, of which each has its sentence and exit status.
  private func checkFamily(_ error: any Error) throws {
    switch error {
    case let error as DatabaseError:
      let kinds: Set<DatabaseError.Kind> = [.full, .inputOutput, .cannotOpen, .readOnly, .busy]
      try require(kinds.contains(error.kind), "no failure of a disk: \(error)")
    case let error as StoreFileError:
      switch error {
      case .cannotCreate, .unreadableLog: return
      default: throw FaultFinding(description: "the disk failed, and the file is blamed: \(error)")
      }
    case let error as InterruptedImport: try checkFamily(error.cause)
    default: throw FaultFinding(description: "an error of no family: \(error)")
    }
  }

  /// The same again works, on the same handle if there is one, and then on a new one.
  private func finish(_ attempt: Attempt) throws {
    let again = perform(again: attempt)
    try again.get()
    let last = perform()
    try last.get()
    if operation != .periodClose {
      try require(again.acknowledged == last.acknowledged, "it has two answers")
      try require(
        again.acknowledged.starts(with: attempt.acknowledged), "it had answered something else")
    }
    last.ledger = nil
    again.ledger = nil
    attempt.ledger = nil
    let ledger = try open(.readOnly)
    let heads = attempt.acknowledged + again.acknowledged
    try require(
      try ledger.verify(against: heads).events == end, "not all of it is there in the end")
    try ledger.verifySnapshots { snapshot, problem in
      try require(problem == nil, "the snapshot \(snapshot): \(problem ?? "")")
    }
    // Without power, a name that was taken away and not yet synced may be there again.
    try require(
      try fault.losesUnsynced || !folder.names().contains { $0.hasSuffix(".part") },
      "half a copy is left")
  }

  private func require(_ condition: Bool, _ problem: @autoclosure () -> String) throws {
    if !condition { throw FaultFinding(description: problem()) }
  }
}
