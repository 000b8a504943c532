import Foundation

/// Starts a worker for each target, one a processor at a time, and reports what became of them.
struct Overseer {
  let names: [String]
  let seed: UInt64
  let seconds: Int

  /// True if no target has a finding.
  func run() throws -> Bool {
    var waiting = names[...]
    var running: [(name: String, process: Process)] = []
    var isClean = true
    while !waiting.isEmpty || !running.isEmpty {
      while running.count < max(1, ProcessInfo.processInfo.activeProcessorCount),
        let name = waiting.popFirst()
      { running.append((name, try start(name))) }
      usleep(20_000)
      for (name, process) in running where !process.isRunning {
        running.removeAll { $0.name == name }
        if process.terminationReason == .uncaughtSignal {
          print(
            "CRASHED: \(name), by signal \(process.terminationStatus); see \(Worker.crash(name))")
        }
        isClean = isClean && process.terminationReason == .exit && process.terminationStatus == 0
      }
    }
    return isClean
  }

  private func start(_ name: String) throws -> Process {
    let process = Process()
    process.executableURL = Bundle.main.executableURL
    process.arguments = [Worker.flag, name, "\(seed)", "\(seconds)"]
    process.environment = ProcessInfo.processInfo.environment
      .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return process
  }
}
