#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What this process has taken so far.
package enum ProcessUsage {
  /// In its own code and in the system's, all threads together.
  package static var cpuSeconds: Double { own.cpuSeconds }

  /// The largest resident size.
  package static var peakBytes: Int { own.peakBytes }

  /// Has the largest resident size begin anew with the present one, where the system can do that.
  /// <https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html>
  static func forgetPeak() {
    #if os(Linux)
      guard let file = fopen("/proc/self/clear_refs", "w") else { return }
      fputs("5", file)
      fclose(file)
    #endif
  }

  private static var own: rusage {
    var usage = rusage()
    #if canImport(Darwin)
      getrusage(RUSAGE_SELF, &usage)
    #else
      getrusage(__rusage_who_t(0), &usage)
    #endif
    return usage
  }
}

extension rusage {
  /// In the process's own code and in the system's.
  var cpuSeconds: Double {
    [ru_utime, ru_stime].reduce(0) {
      $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1_000_000
    }
  }

  /// The largest resident size.
  var peakBytes: Int {
    #if canImport(Darwin)
      ru_maxrss
    #else
      ru_maxrss * 1_024
    #endif
  }
}
