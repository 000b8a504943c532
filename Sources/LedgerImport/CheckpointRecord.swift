package import EventStore
package import JSONText
import LedgerDomain

/// Checkpoints as people keep them elsewhere: a line of seven words, or a JSON object.
///
///     ledger-checkpoint/1 LEDGERID POSITION HEADHASH TREESIZE TREEROOT CREATEDAT
package enum CheckpointRecord {
  private static let format = "ledger-checkpoint/1"
  private static let members = [
    "ledgerId", "position", "headHash", "treeSize", "treeRoot", "createdAt",
  ]

  /// The JSON object.
  package static func record(of checkpoint: Checkpoint) -> [JSONMember] {
    let values: [JSONValue] = [
      .string(checkpoint.storeID), .integer(checkpoint.position),
      .string(checkpoint.headHash.hex), .integer(checkpoint.treeSize),
      .string(checkpoint.treeRoot.hex),
      .string(Instant(micros: checkpoint.createdAtMicros).description),
    ]
    return zip(members, values).map { JSONMember($0, $1) }
  }

  /// The line, without its end; nil if the ledger's id is no single word.
  package static func line(of checkpoint: Checkpoint) -> String? {
    let isWord = checkpoint.storeID.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    guard isWord, !checkpoint.storeID.isEmpty else { return nil }
    return [
      format, checkpoint.storeID, "\(checkpoint.position)", checkpoint.headHash.hex,
      "\(checkpoint.treeSize)", checkpoint.treeRoot.hex,
      Instant(micros: checkpoint.createdAtMicros).description,
    ].joined(separator: " ")
  }

  /// Whether `line` means to be a checkpoint.
  static func isLine(_ line: String) -> Bool { line.hasPrefix("ledger-checkpoint/") }

  static func parse(line: String) throws(RecordError) -> Checkpoint {
    let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard words[0] == format else {
      throw RecordError(problem: "its format is '\(words[0])', and this version reads '\(format)'")
    }
    guard words.count == members.count + 1 else {
      throw RecordError(
        problem: "it has \(words.count) words instead of \(members.count + 1); "
          + "was the line broken or cut?")
    }
    let values: [JSONValue] = [
      .string(words[1]), number(words[2]), .string(words[3]), number(words[4]),
      .string(words[5]), .string(words[6]),
    ]
    return try parse(.object(zip(members, values).map { JSONMember($0, $1) }))
  }

  /// Only digits: what else might be a number to a parser is none here.
  private static func number(_ word: String) -> JSONValue {
    let isNumber = word.utf8.allSatisfy { (0x30...0x39).contains($0) }
    return isNumber ? .number(word) : .string(word)
  }

  static func parse(_ value: JSONValue) throws(RecordError) -> Checkpoint {
    let object = try StrictObject(value, name: "the checkpoint", having: members)
    let checkpoint = Checkpoint(
      storeID: try object.text("ledgerId"), position: try object.integer("position"),
      headHash: try object.digest("headHash"), treeSize: try object.integer("treeSize"),
      treeRoot: try object.digest("treeRoot"),
      createdAtMicros: try object.instant("createdAt"))
    guard checkpoint.position >= checkpoint.treeSize, checkpoint.treeSize >= 0 else {
      throw RecordError(problem: "it has fewer events than commits, or less than none")
    }
    return checkpoint
  }
}
