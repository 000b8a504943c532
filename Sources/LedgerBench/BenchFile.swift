package import EventStore
package import LedgerKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Removes the store at `path`, if there is one, with the files beside it.
package func removeStore(at path: String) {
  for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
}

extension Ledger {
  /// Opens the ledger at `path` with this machine's clock and chance.
  package static func open(_ path: String, _ access: EventStore.Access) throws -> Ledger {
    try Ledger(path: path, options: .init(access: access), environment: .system)
  }
}
