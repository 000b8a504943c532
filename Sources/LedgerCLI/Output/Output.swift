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
final class Output {
  private let descriptor: Int32
  private let name: String
  private let closesDescriptor: Bool
  private var buffer: [UInt8] = []
  private static let bufferBytes = 65_536

  /// Nil as path means standard output.
  init(path: String?) throws(OutputError) {
    guard let path else {
      (descriptor, name, closesDescriptor) = (STDOUT_FILENO, "standard output", false)
      return
    }
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    (name, closesDescriptor) = (path, true)
    guard descriptor >= 0 else {
      throw OutputError(
        status: ExitStatus.cannotCreate,
        message: "\(path) can't be created: \(String(cString: strerror(errno)))")
    }
  }

  deinit {
    if closesDescriptor { close(descriptor) }
  }

  var isTerminal: Bool { isatty(descriptor) == 1 }

  func write(_ text: String) throws {
    try write(Array(text.utf8))
  }

  func write(_ bytes: [UInt8]) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.bufferBytes { try flush() }
  }

  /// Writes what is buffered. Throws `ClosedPipe` if the reader has gone, else `OutputError`.
  func finish() throws {
    try flush()
  }

  private func flush() throws {
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
