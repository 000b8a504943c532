#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that is read once, from its beginning to its end. It may be a pipe.
final class InputFile {
  let path: String
  private let descriptor: Int32

  /// `path` may be `-` for standard input.
  init(path: String) throws(InputError) {
    self.path = path
    descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw InputError(
        kind: errno == ENOENT ? .missing : .malformed, path: path,
        problem: "it can't be opened: \(String(cString: strerror(errno)))")
    }
  }

  deinit {
    if descriptor != STDIN_FILENO { close(descriptor) }
  }

  /// The next bytes, `count` at most; waits for them if it must. None means the end.
  func nextBytes(atMost count: Int) throws(InputError) -> [UInt8] {
    while true {
      var (got, code) = (0, Int32(0))
      let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
        got = read(descriptor, buffer.baseAddress, count)
        code = errno
        initializedCount = max(0, got)
      }
      if got >= 0 { return bytes }
      switch code {
      case EINTR: continue
      // Whoever gave us the pipe asked not to be kept waiting; we do want to wait.
      case EAGAIN: _ = isReady(waitingMilliseconds: -1)
      default:
        throw InputError(
          path: path, problem: "it can't be read: \(String(cString: strerror(code)))")
      }
    }
  }

  /// All of the file. Throws `InputError` too if it has more than `count` bytes.
  func allBytes(atMost count: Int) throws(InputError) -> [UInt8] {
    var all: [UInt8] = []
    while true {
      let bytes = try nextBytes(atMost: 65_536)
      guard !bytes.isEmpty else { return all }
      all += bytes
      guard all.count <= count else {
        throw InputError(path: path, problem: "it is longer than \(count) bytes")
      }
    }
  }

  /// Whether `nextBytes` would answer at once: with bytes, the end, or an error.
  var isReady: Bool { isReady(waitingMilliseconds: 0) }

  private func isReady(waitingMilliseconds: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&request, 1, waitingMilliseconds) > 0
  }
}
