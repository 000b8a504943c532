#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The right to run a subscription, of one process at a time.
///
/// The system's lock on a file beside the store: whoever dies lets go of it. Programs that its holder starts
/// inherit it, so that nobody begins while one of them is still at work for a dead one. The file goes with the
/// lock; one that a dead process left is used again.
public final class SubscriptionLock {
  private let path: String
  private let descriptor: Int32

  /// Takes the lock without waiting for another process. Throws `SubscriptionError.running` if somebody has it, and
  /// `StoreFileError.cannotCreate` if there can be no such file.
  public init(of name: String, in storePath: String) throws {
    path = Self.path(of: name, in: storePath)
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600)
      guard descriptor >= 0, Self.isPlainFile(descriptor) else {
        if descriptor >= 0 { close(descriptor) }
        throw StoreFileError.cannotCreate(path: path, cause: "something else stands there")
      }
      guard Self.isTaken(descriptor) else {
        close(descriptor)
        throw SubscriptionError.running(name: name)
      }
      // Whoever had it before may have taken its file away meanwhile.
      if Self.isFile(descriptor, at: path) {
        self.descriptor = descriptor
        return
      }
      close(descriptor)
    }
  }

  deinit {
    unlink(path)
    close(descriptor)
  }

  /// Whoever asks `isHeld` holds it for a moment.
  private static func isTaken(_ descriptor: Int32) -> Bool {
    for _ in 0..<10 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      SystemClock.sleep(micros: 5_000)
    }
    return false
  }

  /// Whether some process has the lock.
  public static func isHeld(of name: String, in storePath: String) -> Bool {
    let descriptor = open(
      path(of: name, in: storePath), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0
  }

  /// The same by whatever name the store is opened.
  private static func path(of name: String, in storePath: String) -> String {
    "\(StoreFile.resolved(storePath)).\(name).lock"
  }

  private static func isPlainFile(_ descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  private static func isFile(_ descriptor: Int32, at path: String) -> Bool {
    var (mine, other) = (stat(), stat())
    return fstat(descriptor, &mine) == 0 && stat(path, &other) == 0
      && mine.st_dev == other.st_dev && mine.st_ino == other.st_ino
  }
}
