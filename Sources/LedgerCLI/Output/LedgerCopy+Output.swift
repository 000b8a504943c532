import EventStore
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCopy {
  /// The receipt as scripts read it, with `members` of the command's own after the path; `verify --against`
  /// takes it like that of any command.
  func record(command: String, _ members: Record) -> Record {
    [
      JSONMember("command", .string(command)), JSONMember("ledgerId", .string(ledgerID)),
      JSONMember("path", .string(path)),
    ] + members + [
      JSONMember("position", .integer(position)),
      JSONMember("headHash", .string(content.headHash.hex)),
      JSONMember("commits", .integer(content.commits)),
      JSONMember("lastRecordedAt", .text(lastRecordedAt?.description)),
      JSONMember("bytes", .integer(bytes)), JSONMember("verified", .bool(true)),
    ]
  }

  /// What it holds, for people.
  var contentText: String {
    let last = lastRecordedAt.map { ", the last recorded \($0)" } ?? ""
    return """
        verified: \(content.commits) commits, \(content.events) events\(last)
        position \(position), head \(content.headHash)
        \(bytes) bytes

      """
  }
}

/// Says how far a copy has come, first the copying, then the checking; if the user stops it, nothing is left.
final class CopyProgress {
  private let line = ProgressLine()

  init() { StopSignal.tidyUp { EventStore.removeDrafts() } }

  func update(_ stage: CopyStage, _ done: Int64, _ total: Int64) {
    switch stage {
    case .copying: line.update(done: done, of: total, "pages copied")
    case .verifying: line.update(done: done, of: total, "events checked")
    }
  }

  func erase() { line.erase() }
}
