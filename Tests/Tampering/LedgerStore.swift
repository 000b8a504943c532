package import EventStore
import LedgerDomain
import LedgerEvents
import LedgerKit
import LedgerProjections

extension EventStore {
  /// The store of the ledger at `path`, to be written below the ledger's rules.
  package static func ofLedger(
    at path: String, clockMicros: @escaping () -> Int64
  ) throws -> EventStore {
    var configuration = Configuration(
      applicationID: Ledger.applicationID, clockMicros: clockMicros)
    configuration.acceptsClockBehind = true
    configuration.catalog = LedgerEvent.catalog
    configuration.projections = AllProjections.all
    configuration.decode = { try DecodedEvent($0) }
    return try EventStore(path: path, access: .readWrite, configuration: configuration)
  }
}
