import CSQLite

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A failure that SQLite reported, with everything needed to say what to do about it.
///
/// Bound values are never part of it: they may be somebody's data.
/// Codes: <https://sqlite.org/rescode.html>
package struct DatabaseError: Error, Hashable, Sendable {
  /// What kind of failure it is, as far as a caller can act on it.
  package enum Kind: Hashable, Sendable {
    /// Another connection held a lock longer than the busy timeout.
    case busy
    /// The disk, or the file's size limit, is full.
    case full
    /// The file, its folder or this connection allows no writing.
    case readOnly
    /// The file could not be opened.
    case cannotOpen
    /// Reading or writing failed below SQLite.
    case inputOutput
    /// The file is a database, but damaged.
    case damaged
    /// The file is not an SQLite database.
    case notADatabase
    /// A constraint, or a trigger's `RAISE`, refused the statement.
    case constraint
    /// Anything else, a mistake in our SQL for example.
    case other
  }

  /// SQLite's extended result code.
  package let code: Int32
  /// The system's `errno` behind an input or output error; 0 if none is known.
  package let systemCode: Int32
  /// SQLite's own words; of a schema that can't be read, without what they quote of it.
  package let message: String
  /// The statement that failed; nil if none was running.
  package let sql: String?
  /// The database file.
  package let path: String

  package var kind: Kind {
    switch code & 0xFF {
    case SQLITE_BUSY, SQLITE_LOCKED: .busy
    case SQLITE_FULL: .full
    case SQLITE_READONLY: .readOnly
    case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH: .cannotOpen
    case SQLITE_IOERR: isOutOfRoom ? .full : .inputOutput
    case SQLITE_CORRUPT: .damaged
    case SQLITE_NOTADB: .notADatabase
    case SQLITE_CONSTRAINT: .constraint
    default: .other
    }
  }

  /// SQLite says "full" only if a database or its log has no room on the disk: not if they reach a
  /// limit or quota, nor if the `-shm` file has no room.
  private var isOutOfRoom: Bool {
    [csqlite_ioerr_write, csqlite_ioerr_shmsize].contains(code)
      && [ENOSPC, EFBIG, EDQUOT].contains(systemCode)
  }
}

extension DatabaseError: CustomStringConvertible {
  package var description: String {
    let statement = sql.map { " in: \($0)" } ?? ""
    return "\(path): \(message) (SQLite code \(code))\(statement)"
  }
}
