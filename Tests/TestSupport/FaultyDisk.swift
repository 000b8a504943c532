import FaultVFS
import Foundation

/// Why the files of a faulty disk can't be put back as a power cut leaves them.
package struct RestoreFailure: Error {}

/// A folder in which SQLite's file operations fail on demand; it works until told otherwise.
package final class FaultyDisk {
  /// Kinds of file operation.
  package struct Operations: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let open = kind(FAULT_DISK_OPEN)
    package static let read = kind(FAULT_DISK_READ)
    package static let write = kind(FAULT_DISK_WRITE)
    package static let truncate = kind(FAULT_DISK_TRUNCATE)
    package static let sync = kind(FAULT_DISK_SYNC)
    package static let size = kind(FAULT_DISK_SIZE)
    package static let lock = kind(FAULT_DISK_LOCK)
    package static let sharedMemory = kind(FAULT_DISK_SHARED_MEMORY)
    package static let delete = kind(FAULT_DISK_DELETE)
    package static let access = kind(FAULT_DISK_ACCESS)

    package static let all: Operations = [
      open, read, write, truncate, sync, size, lock, sharedMemory, delete, access,
    ]

    private static func kind<Value: BinaryInteger>(_ value: Value) -> Operations {
      Operations(rawValue: UInt32(value))
    }
  }

  private let disk: OpaquePointer

  /// Stands below all connections that are opened in `folder` from now on.
  package init(in folder: TemporaryFolder) { disk = fault_disk_attach(folder.url.path) }

  deinit { fault_disk_detach(disk) }

  /// Fails the `number`-th operation of `kinds` from now on, counting from 1.
  package func fail(at number: Int64, _ kinds: Operations = .all) {
    fault_disk_fail(disk, number, kinds.rawValue, 0)
  }

  /// Fails the `number`-th operation of `kinds` from now on and all after it.
  package func fail(from number: Int64, _ kinds: Operations = .all) {
    fault_disk_fail(disk, number, kinds.rawValue, 1)
  }

  /// What a write that fails leaves behind.
  package enum FailedWrite: Sendable {
    case nothing
    case half
    /// Half, since there is no room for the rest.
    case halfAsFull

    fileprivate var manner: Int32 {
      switch self {
      case .nothing: Int32(FAULT_WRITE_NOTHING)
      case .half: Int32(FAULT_WRITE_HALF)
      case .halfAsFull: Int32(FAULT_WRITE_FULL)
      }
    }
  }

  /// Chooses what writes that fail leave behind; nothing, unless this is called.
  package func failWrites(leaving rest: FailedWrite) {
    fault_disk_shape_writes(disk, rest.manner)
  }

  /// Counts operations of `kinds` from now on; nothing fails any more.
  package func heal(counting kinds: Operations = .all) {
    fault_disk_fail(disk, .max, kinds.rawValue, 0)
    fault_disk_set_room(disk, -1)
    fault_disk_protect(disk, 0, 0)
  }

  /// How many operations there were since one of the calls above.
  package var operations: Int64 { fault_disk_operations(disk) }

  /// Whether any of them failed.
  package var hasFailed: Bool { fault_disk_failures(disk) > 0 }

  /// Lets files grow by no more than `bytes`, all together.
  package func limitRoom(toBytes bytes: Int64) { fault_disk_set_room(disk, bytes) }

  /// Opens files for reading only from now on, and makes no new ones if that holds for the folder.
  package func protectFiles(andFolder alsoFolder: Bool = false) {
    fault_disk_protect(disk, 1, alsoFolder ? 1 : 0)
  }

  /// Puts the files back as a power cut leaves them: what was synced, and `percent` of the rest, sector
  /// by sector. Every connection must be closed.
  package func loseUnsynced(keepingPercent percent: UInt32, seed: UInt64) throws {
    guard fault_disk_lose_unsynced(disk, percent, seed) == 0 else { throw RestoreFailure() }
  }
}
