/// Why an append was refused. Nothing was written.
public enum AppendError: Error, Hashable, Sendable {
  /// The stream is not where the writer believed; `actual` is nil if it has no event.
  case wrongExpectedVersion(streamID: String, expected: ExpectedVersion, actual: Int64?)
  /// The key named a commit before; look it up before appending.
  case idempotencyKeyUsed(key: String)
  /// The commit would count after it is recorded.
  case effectiveInFuture(effectiveAtMicros: Int64, recordedAtMicros: Int64)
  /// Text under a field of this name would not be found again: `reason` is the commit's alone.
  case misplacedText(field: String)
  /// This program could not read such an event back.
  case unknownEvent(problem: String)
  /// Events of this type are made by erasing alone.
  case reservedEventType(String)
  /// Every attempt to decide was overtaken by another writer.
  case tooManyAttempts(streamID: String, attempts: Int)
  /// This handle is in the middle of a read or of another write.
  case insideTransaction
  /// The clock is too far behind the last commit.
  case clockBehind(clockMicros: Int64, lastRecordedAtMicros: Int64)
}

/// Why a file can't be used as an event store.
public enum StoreFileError: Error, Hashable, Sendable {
  case missing(path: String)
  /// A directory, a text file, another application's database, an empty file, …
  case notAStore(path: String, found: String)
  /// Something else stands where a store was to be made.
  case alreadyExists(path: String)
  case cannotCreate(path: String, cause: String)
  /// Made by a later version of this program.
  case tooNew(path: String, format: Int64, newestKnown: Int64)
  /// Made by an earlier version: opening it for writing brings it up to date.
  case tooOld(path: String, format: Int64, current: Int64)
  /// A projection in it was made by a later version of this program.
  case projectionTooNew(name: String, version: Int64, newestKnown: Int64)
  /// A projection lags or is missing, and this connection may only read.
  case projectionOutdated(name: String)
  /// Its content breaks a promise of the format; the position is nil if no event is to blame.
  case damaged(path: String, position: Int64?, problem: String)
  /// Recent commits stand in a `-wal` file that can't be read from here.
  case unreadableLog(path: String)
}
