#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a run of a program took, as a whole process.
package struct ProgramRun {
  /// From before its start until it had ended.
  package let milliseconds: Double
  /// The largest resident size; never less than what this process had when it started the other.
  package let peakBytes: Int

  /// Runs the program `arguments[0]`, its output thrown away. A run that fails ends this program.
  package init(_ arguments: [String]) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    var words = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    let start = ContinuousClock.now
    var process = pid_t()
    guard posix_spawn(&process, arguments[0], &actions, nil, &words, environ) == 0 else {
      fatalError("\(arguments[0]) can't be started")
    }
    var (status, usage) = (Int32(0), rusage())
    wait4(process, &status, 0, &usage)
    precondition(status == 0, "\(arguments) failed")
    milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
    peakBytes = usage.peakBytes
  }
}

extension rusage {
  /// The largest resident size.
  fileprivate var peakBytes: Int {
    #if canImport(Darwin)
      ru_maxrss
    #else
      ru_maxrss * 1_024
    #endif
  }
}

/// The largest resident size of this process so far.
package func peakBytes() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(0), &usage)
  return usage.peakBytes
}
