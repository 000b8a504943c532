package import EventStore
package import JSONText
import LedgerDomain

/// One commit as one line of an exported ledger: everything that was hashed, and the hash.
///
///     {"format":"ledger-commit/1","ledgerId":"…","number":1,"recordedAt":"…","effectiveAt":null,
///      "actor":"…","correlationId":"…","causationId":null,"idempotencyKey":null,"fingerprint":null,
///      "reason":{"digest":"…","salt":"…","text":"…"},"metadata":null,
///      "events":[{"position":1,"streamId":"…","streamPosition":0,"type":"…","version":2,
///                 "data":"{…}","personal":{"digest":"…","field":"holder","salt":"…","text":"…"}}],
///      "hash":"…"}
///
/// `data` and `metadata` are the stored bytes, as text. Digests and salts are hexadecimal. Text that was
/// erased leaves its digest behind.
package struct CommitLine: Hashable {
  static let format = "ledger-commit/1"

  package let ledgerID: String
  package let events: [RecordedEvent]
}

// MARK: Writing

extension CommitLine {
  /// The names of the line's values, as in `record(of:in:)`.
  package static let columns =
    ["format", "ledgerId", "number"] + CommitRecord.members + ["events", "hash"]

  /// The line for the commit of `events`, which are all of its events as stored.
  ///
  /// Throws `EventDecodingError` if bytes that should be text are not.
  package static func record(
    of events: [RecordedEvent], in ledgerID: String
  ) throws(EventDecodingError) -> [JSONMember] {
    guard let last = events.last else { preconditionFailure("a commit has at least one event") }
    var stored: [JSONValue] = []
    for event in events { stored.append(try EventRecord.json(event)) }
    return [
      JSONMember("format", .string(format)), JSONMember("ledgerId", .string(ledgerID)),
      JSONMember("number", .integer(last.commit.header.number)),
    ] + (try CommitRecord.json(last.commit, at: last.position)) + [
      JSONMember("events", .array(stored)), JSONMember("hash", .string(last.commit.hash.hex)),
    ]
  }
}

// MARK: Reading

extension CommitLine {
  /// Reads what `record` writes; anything else is refused, unknown members too.
  package init(parsing bytes: [UInt8]) throws(RecordError) {
    let line: JSONValue
    do {
      line = try JSONValue(parsing: bytes)
    } catch {
      throw RecordError(problem: "it is no JSON: \(error.problem), at byte \(error.offset + 1)")
    }
    guard case .object = line else { throw RecordError(problem: "the line is no JSON object") }
    // First: a line of another format has other members.
    let format = line["format"]?.string
    guard format == Self.format else {
      throw RecordError(
        problem: "its format is \(format.map { "'\($0)'" } ?? "missing"), and this version reads "
          + "'\(Self.format)'")
    }
    let object = try StrictObject(line, name: "the line", having: Self.columns)
    ledgerID = try object.text("ledgerId")
    guard case .array(let items) = object["events"], !items.isEmpty else {
      throw RecordError(problem: "its events are missing")
    }
    var events: [EventRecord] = []
    for item in items { events.append(try EventRecord(item)) }
    let commit = try CommitRecord.commit(
      object, lastPosition: events[events.count - 1].position)
    self.events = events.map { $0.recorded(in: commit) }
  }
}
