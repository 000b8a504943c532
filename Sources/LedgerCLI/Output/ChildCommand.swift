// The environment is a variable of the system's library, which nothing in this program changes.
#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Musl)
  @preconcurrency import Musl
#elseif canImport(Darwin)
  @preconcurrency import Darwin
#endif

/// A command of the user's that is given something to read.
struct ChildCommand {
  /// How a command ended.
  enum Ending: Hashable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  /// The command and its arguments; the command is looked for on the PATH.
  let words: [String]

  /// Runs the command with `input` on its standard input, and waits until it ends, which it is asked to do
  /// once this program is. Its output and its errors go where this program's do.
  ///
  /// A command that does not read everything is not to blame for that. Throws `OutputError` if it can't be
  /// started.
  func run(input: [UInt8]) throws -> Ending {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw problem("no pipe to it can be made", errno) }
    let (reading, writing) = (ends[0], ends[1])
    _ = fcntl(writing, F_SETFD, FD_CLOEXEC)
    let process: pid_t
    do {
      process = try start(reading)
    } catch {
      close(reading)
      close(writing)
      throw error
    }
    close(reading)
    write(input, to: writing)
    close(writing)
    return try wait(for: process)
  }

  private func start(_ reading: Int32) throws -> pid_t {
    #if os(Linux)
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #else
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // It is standard input already if this program was started without one.
    if reading != STDIN_FILENO {
      posix_spawn_file_actions_adddup2(&actions, reading, STDIN_FILENO)
      posix_spawn_file_actions_addclose(&actions, reading)
    }
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What this program ignores is no business of the command's.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGPIPE, SIGXFSZ] { sigaddset(&signals, number) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    let code = posix_spawnp(&process, words[0], &actions, &attributes, &arguments, environ)
    guard code == 0 else { throw problem("it can't be started", code) }
    return process
  }

  private func write(_ input: [UInt8], to descriptor: Int32) {
    var written = 0
    while written < input.count {
      let count = input[written...].withUnsafeBytes { posixWrite(descriptor, $0) }
      if count >= 0 { written += count } else if errno != EINTR { return }
    }
  }

  private func wait(for process: pid_t) throws -> Ending {
    var status: Int32 = 0
    var isAsked = false
    while waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { throw problem("how it ended can't be found out", errno) }
      if StopSignal.hasCome, !isAsked {
        isAsked = true
        kill(process, SIGTERM)
      }
    }
    // As <sys/wait.h> has it.
    let signal = status & 0x7F
    return signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: signal)
  }

  private func problem(_ what: String, _ code: Int32) -> OutputError {
    OutputError(
      status: code == ENOENT ? ExitStatus.notFound : ExitStatus.inputOutput,
      message: "the command '\(words[0])': \(what): \(String(cString: strerror(code)))")
  }
}

private func posixWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}
