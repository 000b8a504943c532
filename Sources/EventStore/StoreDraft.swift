import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that is not finished, under another name in the folder where it is to stand: nobody ever sees half
/// of it, and what stands there already is never overwritten.
struct StoreDraft {
  /// What the file is to be.
  enum Purpose: String, CaseIterable {
    /// A new store.
    case new = "init"
    /// A copy that is to be kept.
    case backup
    /// A store that is made from a copy.
    case restore
    /// A copy that is tried out and thrown away.
    case trial

    /// Stands in the name of a draft, before six letters or digits.
    fileprivate var mark: String { ".\(rawValue)-draft-" }
  }

  /// Where the file is until it is finished.
  let path: String
  /// Where it is to stand.
  private let target: String

  /// A new, empty file, readable by its owner alone. Throws `StoreFileError.cannotCreate`.
  init(beside target: String, for purpose: Purpose) throws(StoreFileError) {
    var name = Array("\(target)\(purpose.mark)XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else { throw StoreFile.cannotCreate(target) }
    close(descriptor)
    path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    self.target = target
    Self.unfinished.withLock { [path] in _ = $0.insert(path) }
  }

  /// The drafts that this process has.
  private static let unfinished = Mutex<Set<String>>([])

  /// Takes all drafts of this process away, before it ends in the middle of something.
  static func removeAll() {
    for path in unfinished.withLock({ $0 }) { remove(path) }
  }

  /// Makes the file durable and puts it in its place. Throws `StoreFileError.alreadyExists` if anything stands
  /// there, and `cannotCreate`.
  func publish() throws(StoreFileError) {
    guard StoreFile.sync(path) else { throw StoreFile.cannotCreate(target) }
    try Self.checkIsFree(target)
    guard link(path, target) == 0 else {
      // Some file systems, such as those of memory sticks, know no second name for a file.
      guard [EPERM, EOPNOTSUPP, ENOTSUP, ENOSYS].contains(errno) else { throw failure() }
      return try replaceClaim()
    }
    unlink(path)
    StoreFile.syncFolder(of: target)
  }

  /// Takes the name with an empty file, which nobody overwrites and which is no store, and then its place.
  func replaceClaim() throws(StoreFileError) {
    let descriptor = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure() }
    close(descriptor)
    guard rename(path, target) == 0 else {
      let failure = failure()
      unlink(target)
      throw failure
    }
    StoreFile.syncFolder(of: target)
  }

  private func failure() -> StoreFileError {
    errno == EEXIST ? .alreadyExists(path: target) : StoreFile.cannotCreate(target)
  }

  /// Takes the draft away, unless it is published, with everything that came to stand beside it.
  func remove() {
    Self.remove(path)
    Self.unfinished.withLock { _ = $0.remove(path) }
  }

  private static func remove(_ path: String) {
    for copy in StoreMigration.copies(of: path) { unlink(copy) }
    for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
  }

  /// Throws if anything stands at `path`, or a log of writes that would be taken for a part of it.
  static func checkIsFree(_ path: String) throws(StoreFileError) {
    var status = stat()
    guard lstat(path, &status) != 0 else { throw .alreadyExists(path: path) }
    for log in ["-wal", "-journal"].map({ path + $0 }) {
      guard stat(log, &status) == 0, status.st_size > 0 else { continue }
      // Or somebody has just made the file, and uses it.
      guard lstat(path, &status) != 0 else { throw .alreadyExists(path: path) }
      throw .cannotCreate(
        path: path,
        cause: "\(log) is left from a file of that name, and would be taken for a part of the new "
          + "one; move it away")
    }
  }

  /// Whether a draft, or what came to stand beside it, may have that name.
  static func isName(_ name: String) -> Bool {
    Purpose.allCases.contains { purpose in
      name.split(separator: purpose.mark, omittingEmptySubsequences: false).dropFirst()
        .contains { rest in
          let random = rest.prefix(6)
          let next = rest.dropFirst(6).first
          return random.count == 6
            && random.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
            && (next == nil || next == "-" || next == ".")
        }
    }
  }
}
