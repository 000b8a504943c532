public import EventStore
public import LedgerDomain
import LedgerEvents
import LedgerProjections

/// A money ledger in one SQLite file.
///
/// Commands (Commands/) may be refused with a `Rejection`; queries (Queries/) change nothing. Not
/// thread-safe: one `Ledger`, one thread at a time; any number of processes may use the file at once.
public final class Ledger {
  /// Where time and chance come from.
  public struct Environment {
    /// Microseconds since 1970, UTC.
    public var clockMicros: () -> Int64
    /// So many random bytes.
    public var randomBytes: (Int) -> [UInt8]
    /// Told what is worth telling a user and is no error.
    public var onNotice: (StoreNotice) -> Void = { _ in }

    /// A value with its necessary fields.
    public init(clockMicros: @escaping () -> Int64, randomBytes: @escaping (Int) -> [UInt8]) {
      (self.clockMicros, self.randomBytes) = (clockMicros, randomBytes)
    }
  }

  /// How a ledger is opened.
  public struct Options: Sendable {
    /// Whether the ledger may be written to.
    public var access: EventStore.Access
    /// How long to wait for another writer.
    public var busyTimeoutMilliseconds = 5_000
    /// Whether opening a file of an older format for writing brings it up to date; else it is refused.
    public var migrates = true
    /// Write even if the clock is over 24 hours behind the last commit.
    public var acceptsClockBehind = false

    /// A value with its necessary fields.
    public init(access: EventStore.Access) { self.access = access }
  }

  /// `LEDG` in ASCII: `PRAGMA application_id` of every ledger.
  public static let applicationID: Int32 = 0x4C45_4447

  let store: EventStore
  let environment: Environment
  /// Accounts as this handle has last seen them: what their streams have had since is still to be folded.
  var accounts = BoundedCache<AccountID, LoadedAccount>(limit: 65_536)

  /// Opens the ledger at `path`, which must exist.
  ///
  /// Throws `StoreFileError` if the file is missing or no ledger of this version.
  public init(path: String, options: Options, environment: Environment) throws {
    self.environment = environment
    store = try EventStore(
      path: path, access: options.access, configuration: Self.configuration(options, environment))
  }

  /// Makes an empty ledger at `path`. Throws `StoreFileError.alreadyExists` if anything stands there.
  public static func create(at path: String, environment: Environment) throws {
    let id = UUIDv7(micros: environment.clockMicros(), randomBytes: environment.randomBytes(10))
    try EventStore.create(
      at: path, storeID: id.text,
      configuration: configuration(Options(access: .readWrite), environment))
  }

  /// Random, given when the file was made.
  public var id: String { store.storeID }

  static func configuration(
    _ options: Options, _ environment: Environment
  ) -> EventStore.Configuration {
    var configuration = EventStore.Configuration(
      applicationID: applicationID, clockMicros: environment.clockMicros)
    configuration.busyTimeoutMilliseconds = options.busyTimeoutMilliseconds
    configuration.migrates = options.migrates
    configuration.acceptsClockBehind = options.acceptsClockBehind
    configuration.catalog = LedgerEvent.catalog
    configuration.onNotice = environment.onNotice
    configuration.projections = AllProjections.all
    configuration.decode = { try DecodedEvent($0) }
    return configuration
  }
}

extension Ledger {
  /// Rebuilds what the projections of this version of the program miss, as every command does first.
  public func bringUpToDate() throws { try store.bringUpToDate() }

  /// A new unique id that sorts by the time it was made.
  package func newID() -> String { newID(at: Instant(micros: environment.clockMicros())) }

  func newID(at now: Instant) -> String {
    UUIDv7(micros: now.micros, randomBytes: environment.randomBytes(10)).text
  }

  func newSalt() -> [UInt8] { environment.randomBytes(PersonalText.saltBytes) }

  /// `reason` as a commit keeps it.
  func reasonText(_ reason: String) -> PersonalText {
    PersonalText(field: PersonalField.reason, salt: newSalt(), text: reason)
  }

  /// The time that `now` means: max(clock, last recorded time), so that a clock that went back never
  /// hides what was just written.
  public func now() throws -> Instant {
    try store.read { log in
      Instant(micros: max(environment.clockMicros(), try log.head().recordedAtMicros ?? .min))
    }
  }
}
