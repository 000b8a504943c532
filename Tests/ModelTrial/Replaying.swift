import Foundation
import Model

/// Takes the steps of a file again, and says what each does.
struct Replaying {
  let file: String

  /// True if the model and the ledger agree.
  func run() throws -> Bool {
    let text = try String(contentsOfFile: file, encoding: .utf8)
    do {
      let tally = try ModelTrial(try ModelStep.steps(in: text)).run { say($0.line) }
      say("The model and the ledger agree: \(tally.checks) comparisons.")
      return true
    } catch let disagreement as Disagreement {
      say("\(disagreement)")
      return false
    }
  }
}
