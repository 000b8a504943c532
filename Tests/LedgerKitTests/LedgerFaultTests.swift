import LedgerFaults
import Testing

/// A sample of what `make faults` tries in full.
@Suite("A disk that fails under a ledger")
struct LedgerFaultTests {
  private static let trialsPerFault: Int64 = 3

  @Test(
    "whichever file operation fails, and how, nothing acknowledged is lost and nothing is half",
    arguments: FaultOperation.allCases)
  func sample(_ operation: FaultOperation) throws {
    let end = try FaultTrial.end(of: operation)
    var outcomes: Set<FaultTrial.Outcome> = []
    for (index, fault) in Fault.allCases.enumerated() {
      let count = try FaultTrial.count(operation, fault)
      // Creating a file writes it in one go, and the others write a log, some pages at least.
      #expect(count > 3, "\(fault)")
      // Another place in each kind of failure.
      let step = max(1, count / Self.trialsPerFault)
      for number in stride(from: 1 + Int64(index) % step, through: count, by: Int(step)) {
        do {
          outcomes.insert(try FaultTrial(operation, fault, end: end).run(failing: number))
        } catch {
          Issue.record("\(fault), file operation \(number): \(error)")
        }
      }
    }
    #expect(outcomes.contains(.refused))
  }
}
