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

  let ledgerID: String
  let events: [RecordedEvent]
}

// MARK: Writing

extension CommitLine {
  /// The names of the line's values, as in `record(of:in:)`.
  package static let columns = [
    "format", "ledgerId", "number", "recordedAt", "effectiveAt", "actor", "correlationId",
    "causationId", "idempotencyKey", "fingerprint", "reason", "metadata", "events", "hash",
  ]

  /// The line for the commit of `events`, which are all of its events as stored.
  ///
  /// Throws `EventDecodingError` if bytes that should be text are not.
  package static func record(
    of events: [RecordedEvent], in ledgerID: String
  ) throws(EventDecodingError) -> [JSONMember] {
    guard let last = events.last else { preconditionFailure("a commit has at least one event") }
    let (header, commit) = (last.commit.header, last.commit)
    var stored: [JSONValue] = []
    for event in events { stored.append(try EventRecord.json(event)) }
    let values: [JSONValue] = [
      .string(format), .string(ledgerID), .integer(header.number),
      .string(Instant(micros: header.recordedAtMicros).description),
      .text(header.explicitEffectiveAtMicros.map { Instant(micros: $0).description }),
      .string(header.actor), .string(header.correlationID), .text(header.causationID),
      .text(header.idempotencyKey), .text(header.fingerprint?.hex),
      PersonalTextRecord.json(
        commit.reason, digest: header.reasonDigest, withField: false),
      .text(
        try header.otherMetadata.map { bytes throws(EventDecodingError) in
          try EventRecord.text(bytes, at: last.position)
        }),
      .array(stored), .string(commit.hash.hex),
    ]
    return zip(columns, values).map { JSONMember($0, $1) }
  }
}

// MARK: Reading

extension CommitLine {
  /// Reads what `record` writes; anything else is refused, unknown members too.
  init(parsing bytes: [UInt8]) throws(RecordError) {
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
    let reason = try PersonalTextRecord(object, "reason", field: PersonalTextRecord.reason)
    let header = CommitHeader(
      number: try object.integer("number"), lastPosition: events[events.count - 1].position,
      recordedAtMicros: try object.instant("recordedAt"),
      explicitEffectiveAtMicros: try object.optional("effectiveAt", object.instant),
      actor: try object.text("actor"), correlationID: try object.text("correlationId"),
      causationID: try object.optional("causationId", object.text),
      idempotencyKey: try object.optional("idempotencyKey", object.text),
      fingerprint: try object.optional("fingerprint", object.digest),
      reasonDigest: reason?.digest,
      otherMetadata: try object.optional("metadata", object.text).map { Array($0.utf8) })
    let commit = Commit(header: header, reason: reason?.text, hash: try object.digest("hash"))
    self.events = events.map { $0.recorded(in: commit) }
  }
}
