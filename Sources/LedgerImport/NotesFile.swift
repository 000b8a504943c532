package import EventStore
import JSONText

/// A file in which somebody kept checkpoints or receipts: one a line, or JSON objects of several lines.
/// Or a dump of events, one a line, that ends with a checkpoint: the events note nothing.
package struct NotesFile {
  /// What was noted, in the order of the file.
  package private(set) var heads: [NotedHead] = []
  private var checkpoints: [Checkpoint] = []
  /// How many lines are errors that a command ended in: nothing was recorded, nothing is noted.
  package private(set) var errors = 0

  /// Reads the whole file; `-` is standard input.
  ///
  /// Throws `InputError` if it can't be read, holds anything else, or notes nothing.
  package init(path: String) throws(InputError) {
    let lines = try LineSource(path: path)
    while let line = try lines.next() {
      guard let bytes = line.bytes else { throw Self.failure(path, line, "it is too long") }
      guard let first = bytes.first(where: { $0 != UInt8(ascii: " ") }), first != UInt8(ascii: "#")
      else { continue }
      let isJSON = first == UInt8(ascii: "{")
      let note = isJSON ? try Self.document(from: bytes, lines) : bytes
      do throws(RecordError) {
        let source = "\(path == "-" ? "standard input" : path), line \(line.number)"
        if isJSON { try add(json: note, source) } else { try add(line: note, source) }
      } catch {
        throw Self.failure(path, line, error.problem)
      }
    }
    guard !heads.isEmpty else {
      throw InputError(path: path, problem: "it holds neither a checkpoint nor a receipt")
    }
  }

  /// The checkpoints in the file at `path`, at least one. Throws `InputError`.
  package static func checkpoints(in path: String) throws(InputError) -> [Checkpoint] {
    let checkpoints = try NotesFile(path: path).checkpoints
    guard !checkpoints.isEmpty else {
      throw InputError(path: path, problem: "it holds no checkpoint, only receipts")
    }
    return checkpoints
  }

  /// The last checkpoint in the file at `path`, which must be of `ledgerID`. Throws `InputError`.
  package static func lastCheckpoint(
    in path: String, of ledgerID: String
  ) throws(InputError) -> Checkpoint {
    let checkpoints = try checkpoints(in: path)
    let last = checkpoints[checkpoints.count - 1]
    guard last.storeID == ledgerID else {
      throw InputError(
        path: path,
        problem: "its checkpoint is of ledger \(last.storeID), and this one is \(ledgerID)")
    }
    return last
  }

  /// The JSON document that begins with `bytes` and goes on, if it must, to the line that closes it.
  private static func document(
    from bytes: [UInt8], _ lines: LineSource
  ) throws(InputError) -> [UInt8] {
    if (try? JSONValue(parsing: bytes)) != nil { return bytes }
    var document = bytes
    while let line = try lines.next(), let more = line.bytes {
      document += [UInt8(ascii: "\n")] + more
      if more == [UInt8(ascii: "}")] { break }
    }
    return document
  }

  private mutating func add(line bytes: [UInt8], _ source: String) throws(RecordError) {
    let line = String(decoding: bytes, as: UTF8.self)
    guard CheckpointRecord.isLine(line) else {
      throw RecordError(
        problem: "it is neither a checkpoint nor a receipt in JSON; 'ledger checkpoint' makes the "
          + "one, --format json or ndjson the other")
    }
    add(try CheckpointRecord.parse(line: line), source)
  }

  private mutating func add(json bytes: [UInt8], _ source: String) throws(RecordError) {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw RecordError(problem: "it is no JSON: \(error.problem), at byte \(error.offset + 1)")
    }
    try add(value, source)
  }

  private mutating func add(_ value: JSONValue, _ source: String) throws(RecordError) {
    if case .object(let members) = value, members.map(\.name) == ["checkpoint"] {
      add(try CheckpointRecord.parse(members[0].value), source)
    } else if value["treeRoot"] != nil {
      add(try CheckpointRecord.parse(value), source)
    } else if value["globalPosition"] != nil, value["eventType"] != nil {
      // An event of a dump, whose last line speaks for all of them.
      return
    } else if value["error"] != nil {
      errors += 1
    } else {
      heads.append(try Self.receipt(value, source))
    }
  }

  private mutating func add(_ checkpoint: Checkpoint, _ source: String) {
    checkpoints.append(checkpoint)
    heads.append(NotedHead(checkpoint, source: source))
  }

  private static func receipt(
    _ value: JSONValue, _ source: String
  ) throws(RecordError) -> NotedHead {
    guard value["command"] != nil, value["headHash"] != nil else {
      throw RecordError(problem: "it is neither a checkpoint nor a receipt")
    }
    guard value["dryRun"] != .bool(true) else {
      throw RecordError(problem: "it is the receipt of a dry run: nothing was recorded")
    }
    let object = StrictObject(known: value)
    return NotedHead(
      storeID: try object.text("ledgerId"), position: try object.integer("position"),
      headHash: try object.digest("headHash"), source: source)
  }

  private static func failure(_ path: String, _ line: InputLine, _ problem: String) -> InputError {
    InputError(path: path, line: line.number, problem: problem)
  }
}
