import ArgumentParser
import EventStore
import JSONText
import LedgerBench
import LedgerKit

extension LedgerCommand {
  /// Times this machine.
  struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "bench",
      abstract: "Time how fast this machine records transfers; never touches a ledger of yours.",
      discussion: """
        Makes a ledger of 10,000 accounts in a folder of its own, records transfers between them as a \
        user would (on disk, hashed, with idempotency keys and all inline projections), verifies the \
        result and removes it.

        single  every transfer is on disk before the next begins
        bulk    8,189 transfers share a transaction
        import  the transfers come from a file, all or nothing

        Latencies are those of a transaction. Folders in memory have no disk to wait for: use --dir.

        Example:
          ledger bench single
          ledger bench bulk --operations 100000 --dir /var/tmp
          ledger bench import --from ndjson --format json
        """)

    @Argument(help: ArgumentHelp("single, bulk or import.", valueName: "profile"))
    var profile: BenchProfile

    @Option(help: "How many transfers (default: 10000 of single, else 1000000).")
    var operations: Int?

    @Option(
      help: ArgumentHelp("Where to make it (default: $TMPDIR, else /tmp).", valueName: "folder"))
    var dir: String?

    @Option(help: "What is imported: a statement (csv), or commands (ndjson).")
    var from: BenchRun.Source = .csv

    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard (1...100_000_000).contains(operations ?? 1) else {
        throw ValidationError("--operations takes 1 to 100000000")
      }
    }

    func run() throws {
      let target = try output.open()
      let place = dir ?? ProcessEnvironment["TMPDIR"] ?? "/tmp"
      StopSignal.catchAll()
      var run = BenchRun(
        profile, operations: operations ?? profile.usualOperations, environment: .system)
      run.source = from
      let line = ProgressLine()
      run.onProgress = { done in
        if StopSignal.hasCome { throw Interrupted() }
        line.update(done: Int64(done), of: Int64(run.operations), "transfers")
      }
      let result: BenchResult
      do {
        result = try run.finished(in: place)
      } catch is Interrupted {
        // As a shell says of a program that an interrupt has ended.
        throw ExitCode(130)
      }
      line.erase()
      try output.print(result.record(in: place), to: target) { result.text(in: place) }
    }
  }
}

/// The user wants no more of it.
struct Interrupted: Error {}

extension BenchProfile: ExpressibleByArgument {}
extension BenchRun.Source: ExpressibleByArgument {}

extension BenchResult {
  fileprivate func record(in place: String) -> Record {
    func micros(_ value: Double?) -> JSONValue {
      value.map { .integer(Int64($0.rounded())) } ?? .null
    }
    func decimal(_ value: Double, _ parts: Double) -> JSONValue {
      .number("\(value.rounded(to: parts))")
    }
    return [
      JSONMember("profile", .string(profile)),
      JSONMember("operations", .integer(Int64(operations))),
      JSONMember("seconds", decimal(seconds, 1_000)),
      JSONMember("throughput", decimal(throughput, 10)),
      JSONMember("p50Us", micros(latency?.p50)), JSONMember("p99Us", micros(latency?.p99)),
      JSONMember("p100Us", micros(latency?.p100)),
      JSONMember("cpuSeconds", decimal(cpuSeconds, 1_000)),
      JSONMember("peakBytes", .integer(Int64(peakBytes))),
      JSONMember("bytesPerOperation", decimal(bytesPerOperation, 10)),
      JSONMember("logBytesPerOperation", decimal(logBytesPerOperation, 10)),
      JSONMember("directory", .string(place)),
      JSONMember("memoryBacked", .bool(FileSystemKind(ofPath: place)?.isMemoryBacked == true)),
    ]
  }

  fileprivate func text(in place: String) -> String {
    let disk = FileSystemKind(ofPath: place)
    let kind = disk.map { " (\($0.name))" } ?? ""
    let warning =
      disk?.isMemoryBacked == true
      ? "\n  \(place) is in memory, where no commit waits for a disk; choose another with --dir"
      : ""
    let latencies = latency.map { latency in
      "\n  a transaction: half within \(Self.time(latency.p50)), 99 % within "
        + "\(Self.time(latency.p99)), all within \(Self.time(latency.p100))"
    }
    return """
      \(profile): \(Int(throughput.rounded())) transfers/s, \(operations) in \
      \(seconds.rounded(to: 100)) s on \(place)\(kind), verified afterwards\(latencies ?? "")
        computing \(cpuSeconds.rounded(to: 100)) s, memory at most \(peakBytes >> 20) MiB
        \(Int(bytesPerOperation.rounded())) bytes a transfer, \
      \(Int(logBytesPerOperation.rounded())) of them in the log\(warning)

      """
  }

  private static func time(_ micros: Double) -> String {
    micros < 1_000
      ? "\(Int(micros.rounded())) us"
      : "\((micros / 1_000).rounded(to: micros < 10_000 ? 100 : 10)) ms"
  }
}
