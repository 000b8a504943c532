import Foundation
import TestSupport

@testable import EventStore

/// A clock that stands still until a test moves it.
final class TestClock {
  /// Microseconds since 1970, UTC.
  var micros: Int64 = 1_700_000_000_000_000
}

/// What the handles of a test have told their user, in order.
final class Notices {
  var all: [StoreNotice] = []
}

/// A store in a folder of its own that vanishes with the test, and the clock of its handles.
final class TestStore {
  static let applicationID: Int32 = 0x7465_7374
  static let storeID = "store-1"

  let folder: TemporaryFolder
  let clock = TestClock()
  let notices = Notices()
  let projections: [any Projection.Type]
  /// The event types that handles opened from now on know; nil: they take events as they are stored.
  var catalog: EventCatalog?

  var path: String { folder.path("test.ledger") }

  /// Makes the store, unless a test wants to do that itself.
  init(projections: [any Projection.Type] = [], isCreated: Bool = true) throws {
    self.projections = projections
    folder = try TemporaryFolder()
    if isCreated { try create() }
  }

  /// What `path` would be opened with on another thread.
  static func configuration(clockMicros: Int64) -> EventStore.Configuration {
    EventStore.Configuration(applicationID: applicationID) { clockMicros }
  }

  func configuration() -> EventStore.Configuration {
    let (clock, notices) = (clock, notices)
    var configuration = EventStore.Configuration(applicationID: Self.applicationID) { clock.micros }
    configuration.projections = projections
    configuration.catalog = catalog
    configuration.onNotice = { notices.all.append($0) }
    return configuration
  }

  func create() throws {
    try EventStore.create(at: path, storeID: Self.storeID, configuration: configuration())
  }

  /// A new handle on the store.
  func open(
    _ access: EventStore.Access = .readWrite, projections: [any Projection.Type]? = nil
  ) throws -> EventStore {
    var configuration = configuration()
    if let projections { configuration.projections = projections }
    return try EventStore(path: path, access: access, configuration: configuration)
  }

  /// A connection as another program would open one.
  func raw() throws -> RawConnection { try RawConnection(path) }

  /// Verifies with a handle that has seen nothing yet.
  @discardableResult
  func verify() throws -> VerifiedLog { try open(.readOnly).verify() }

  /// Changes the file behind the program's back, and puts the guards back as they were.
  func tamper(_ sql: String) throws {
    let raw = try raw()
    for table in StoreSchema.appendOnlyTables {
      for operation in ["insert", "update", "delete"] {
        try raw.run("DROP TRIGGER \(table)_refuses_\(operation)")
      }
    }
    try raw.run(sql)
    for guardian in StoreSchema.guards { try raw.run(guardian) }
  }
}
