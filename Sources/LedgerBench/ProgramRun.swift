#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A program that runs beside this one. One that can't be started, or fails, ends this program.
package struct StartedProgram {
  private let arguments: [String]
  private let process: pid_t
  private let start = ContinuousClock.now
  /// Where its output comes from; -1 if it is thrown away.
  private let output: Int32

  /// Starts the program `arguments[0]`.
  package init(_ arguments: [String], keepingOutput: Bool = true) {
    self.arguments = arguments
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    var ends: [Int32] = [-1, -1]
    if keepingOutput {
      guard pipe(&ends) == 0 else { fatalError("there are no pipes left") }
      posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
      for end in ends { posix_spawn_file_actions_addclose(&actions, end) }
    } else {
      posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    }
    // Else it counts as its own what this process has needed at most so far.
    ProcessUsage.forgetPeak()
    var words = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process = pid_t()
    guard posix_spawn(&process, arguments[0], &actions, nil, &words, environ) == 0 else {
      fatalError("\(arguments[0]) can't be started")
    }
    if keepingOutput { close(ends[1]) }
    (self.process, output) = (process, ends[0])
  }

  /// Waits for its end.
  package func finished() -> ProgramRun {
    var bytes: [UInt8] = []
    if output >= 0 {
      var part = [UInt8](repeating: 0, count: 4_096)
      while true {
        let count = read(output, &part, part.count)
        guard count > 0 else { break }
        bytes += part[..<count]
      }
      close(output)
    }
    var (status, usage) = (Int32(0), rusage())
    wait4(process, &status, 0, &usage)
    guard status == 0 else {
      print("failed: \(arguments.joined(separator: " ")); what it worked on is left where it is")
      exit(1)
    }
    return ProgramRun(
      milliseconds: (ContinuousClock.now - start) / .milliseconds(1),
      cpuMilliseconds: usage.cpuSeconds * 1_000, peakBytes: usage.peakBytes,
      output: String(decoding: bytes, as: UTF8.self))
  }
}

/// What a run of a program took, as a whole process.
package struct ProgramRun {
  /// From its start until it had ended.
  package let milliseconds: Double
  /// How long it computed, in its own code and in the system's, all threads together.
  package let cpuMilliseconds: Double
  /// The largest resident size; never less than what this process had when it started the other.
  package let peakBytes: Int
  /// What it printed; empty if that was thrown away.
  package let output: String

  /// Runs the program `arguments[0]` to its end. A run that fails ends this program.
  package init(_ arguments: [String], keepingOutput: Bool = false) {
    self = StartedProgram(arguments, keepingOutput: keepingOutput).finished()
  }

  init(milliseconds: Double, cpuMilliseconds: Double, peakBytes: Int, output: String) {
    (self.milliseconds, self.cpuMilliseconds) = (milliseconds, cpuMilliseconds)
    (self.peakBytes, self.output) = (peakBytes, output)
  }
}
