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
  package static var cpuSeconds: Double {
    let usage = own
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  /// The largest resident size.
  package static var peakBytes: Int { own.peakBytes }

  private static var own: rusage {
    var usage = rusage()
    #if canImport(Darwin)
      getrusage(RUSAGE_SELF, &usage)
    #else
      getrusage(__rusage_who_t(0), &usage)
    #endif
    return usage
  }

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000
  }
}

extension rusage {
  /// The largest resident size.
  var peakBytes: Int {
    #if canImport(Darwin)
      ru_maxrss
    #else
      ru_maxrss * 1_024
    #endif
  }
}
