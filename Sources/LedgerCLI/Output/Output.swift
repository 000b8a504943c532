#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whoever read our output has gone; there is nothing left to do.
struct ClosedPipe: Error {}

/// Output that could not be written.
struct OutputError: Error {
  let status: Int32
  let message: String
}

/// Standard output or a file, buffered.
///
/// A file is written under another name and takes its place in `finish`: what stood there stays as it
/// was if something fails. A new file is readable by its owner alone, as the ledger is whose content it
/// shows; one that is written over stays readable for whom it was.
final class Output {
  let descriptor: Int32
  private let name: String
  /// The draft of a file, until it is finished; nil if bytes go where they are meant to at once.
  private var draft: String?
  private let closesDescriptor: Bool
  private var buffer: [UInt8] = []
  private static let bufferBytes = 65_536

  /// Nil or `-` as path means standard output. What is streamed is in its place at once, for somebody who
  /// reads along. Throws if the file can't be made, or is one of `protected`.
  init(
    path: String?, protecting protected: [String] = [], isStreamed: Bool = false
  ) throws(OutputError) {
    guard let path, path != "-" else {
      (descriptor, name, closesDescriptor) = (STDOUT_FILENO, "standard output", false)
      return
    }
    if let victim = protected.first(where: { Self.isSameFile($0, path) }) {
      throw OutputError(
        status: ExitStatus.usage, message: "\(path) is in use as \(victim); choose another name")
    }
    (name, closesDescriptor) = (path, true)
    var status = stat()
    let isThere = stat(path, &status) == 0
    if isThere, status.st_mode & S_IFMT != S_IFREG {
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    } else if isStreamed {
      descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    } else {
      let draft = "\(path).part-\(getpid())"
      // Not what a killed process left, nor a link of somebody else's to a file of ours.
      unlink(draft)
      descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      if descriptor >= 0 {
        self.draft = draft
        if isThere { fchmod(descriptor, status.st_mode & 0o777) }
      }
    }
    guard descriptor >= 0 else {
      throw OutputError(
        status: ExitStatus.cannotCreate,
        message: "\(path) can't be created: \(String(cString: strerror(errno)))")
    }
  }

  deinit {
    if closesDescriptor { close(descriptor) }
    if let draft { unlink(draft) }
  }

  private static func isSameFile(_ left: String, _ right: String) -> Bool {
    var (first, second) = (stat(), stat())
    guard stat(left, &first) == 0, stat(right, &second) == 0 else {
      return place(of: left) == place(of: right)
    }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }

  /// Where a file is or would be made, whichever way its folder is named.
  private static func place(of path: String) -> String {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[...$0]) } ?? "."
    guard let resolved = realpath(folder, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved) + "/"
      + path[(slash.map(path.index(after:)) ?? path.startIndex)...]
  }

  var isTerminal: Bool { isatty(descriptor) == 1 }

  func write(_ text: String) throws {
    try write(Array(text.utf8))
  }

  func write(_ bytes: [UInt8]) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.bufferBytes { try flush() }
  }

  /// Writes what is buffered and puts a file in its place. Throws `ClosedPipe` if the reader has gone,
  /// else `OutputError`.
  func finish() throws {
    try flush()
    guard let draft else { return }
    guard rename(draft, name) == 0 else {
      throw OutputError(
        status: ExitStatus.inputOutput,
        message: "\(name) can't be written: \(String(cString: strerror(errno)))")
    }
    self.draft = nil
  }

  /// Writes what is buffered. Throws like `finish`.
  func flush() throws {
    defer { buffer.removeAll(keepingCapacity: true) }
    var written = 0
    while written < buffer.count {
      let count = buffer[written...].withUnsafeBytes {
        posixWrite(descriptor, $0.baseAddress, $0.count)
      }
      if count >= 0 {
        written += count
      } else if errno == EPIPE {
        throw ClosedPipe()
      } else if errno != EINTR {
        throw OutputError(
          status: ExitStatus.inputOutput,
          message: "\(name) can't be written: \(String(cString: strerror(errno)))")
      }
    }
  }
}

/// Messages for people, on standard error.
enum Diagnostics {
  /// Writes `text` and a line break. What can't be written is lost: there is nowhere to say so.
  static func write(_ text: String, terminator: String = "\n") {
    let bytes = Array((text + terminator).utf8)
    _ = bytes.withUnsafeBytes { posixWrite(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

private func posixWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  #if canImport(Glibc)
    Glibc.write(descriptor, bytes, count)
  #elseif canImport(Musl)
    Musl.write(descriptor, bytes, count)
  #else
    Darwin.write(descriptor, bytes, count)
  #endif
}
