import CFloor
import Crypto
import LedgerBench

/// The least work that records the workload; see `floor.h`.
struct Floor {
  /// What went wrong in C.
  struct Failure: Error { let problem: String }

  let operations: Int
  let perTransaction: Int

  /// Records into a ledger of its own at `path` and verifies what came out.
  func run(at path: String) throws -> (seconds: Double, latency: Latency?) {
    removeStore(at: path)
    defer { removeStore(at: path) }
    do { _ = try BenchLedger(at: path) }
    let transfers = Workload(count: operations).map {
      floor_transfer(
        payer: Int32($0.payer), payee: Int32($0.payee), minor_units: $0.minorUnits)
    }
    var micros = [Double](
      repeating: 0, count: (operations + perTransaction - 1) / perTransaction)
    let start = ContinuousClock.now
    let problem = floor_record(
      path, Int32(Workload.accounts), transfers, transfers.count, perTransaction,
      perTransaction > 1 ? 1 : 0,
      { bytes, count, digest in
        var hash = SHA256()
        hash.update(bufferPointer: UnsafeRawBufferPointer(start: bytes, count: count))
        hash.finalize().withUnsafeBytes {
          UnsafeMutableRawBufferPointer(start: digest, count: 32).copyBytes(from: $0)
        }
      }, &micros)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    if let problem { throw Failure(problem: String(cString: problem)) }
    try BenchLedger.check(path, transfers: operations)
    return (seconds, Latency(micros: micros))
  }
}
