#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file of transfers to import.
package struct WorkloadFile {
  package let path: String

  package init(path: String) { self.path = path }

  /// Writes the transfers one a line. Throws `BenchFolderError` if the file can't be written.
  package func write(_ transfers: Workload, as source: BenchRun.Source) throws(BenchFolderError) {
    guard let file = fopen(path, "w") else { throw failure }
    var isWritten = true
    func write(_ line: String) { if fputs(line, file) < 0 { isWritten = false } }
    if source == .csv { write("id,from,to,amount\n") }
    for transfer in transfers {
      let (from, to) = (Workload.account(transfer.payer), Workload.account(transfer.payee))
      switch source {
      case .csv: write("\(transfer.name),\(from),\(to),\(transfer.amount)\n")
      case .ndjson:
        write(
          #"{"command":"transfer","from":"\#(from)","to":"\#(to)","amount":"\#(transfer.amount)","#
            + #""idempotencyKey":"\#(transfer.name)"}"# + "\n")
      }
    }
    guard fclose(file) == 0, isWritten else { throw failure }
  }

  private var failure: BenchFolderError {
    BenchFolderError(place: path, cause: String(cString: strerror(errno)))
  }
}
