internal import SQLite

/// Which personal texts are meant.
public enum TextSelection: Hashable, Sendable {
  /// The own texts of the events at these global positions, and the reasons of their commits.
  case positions([Int64])
  /// The texts of all events of this stream, and the reasons of all commits that have an event in it.
  case stream(String)
}

/// The personal texts of a selection, as one transaction finds them. Positions are global and ascend;
/// a reason stands under the position of its commit's last event.
public struct SelectedTexts: Hashable, Sendable {
  /// Events whose own text is there.
  public fileprivate(set) var texts: [Int64] = []
  /// Commits whose reason is there.
  public fileprivate(set) var reasons: [Int64] = []
  /// Events whose own text was erased before.
  public fileprivate(set) var erasedTexts: [Int64] = []
  /// Commits whose reason was erased before.
  public fileprivate(set) var erasedReasons: [Int64] = []
  /// Events whose text stands inside their data, as an older version of them has it: it is hashed
  /// there, and can't be erased.
  public fileprivate(set) var textsInData: [Int64] = []
  /// Events that were named by their positions and have no text, nor their commits a reason.
  public fileprivate(set) var withoutText: [Int64] = []
  /// Positions at which there is no event.
  public fileprivate(set) var unknown: [Int64] = []
  /// The position of the last erasure of anything in the selection; nil if there was none.
  public fileprivate(set) var lastErasedAt: Int64?

  /// Whether nothing of it can be erased any more.
  public var isErased: Bool { texts.isEmpty && reasons.isEmpty }

  fileprivate mutating func add(_ event: RecordedEvent) {
    if event.personalDigest != nil {
      if event.personalText != nil {
        texts.append(event.position)
      } else {
        erasedTexts.append(event.position)
      }
    } else if event.personalText != nil {
      textsInData.append(event.position)
    }
    let (header, position) = (event.commit.header, event.commit.header.lastPosition)
    guard header.reasonDigest != nil, reasons.last != position, erasedReasons.last != position
    else { return }
    if event.commit.reason != nil {
      reasons.append(position)
    } else {
      erasedReasons.append(position)
    }
  }
}

extension ReadTransaction {
  /// The personal texts of `selection`: those that are there, and those that were erased.
  ///
  /// Throws `EventDecodingError` if an event of it can't be read, and `StoreFileError.damaged` if a text
  /// is not what was recorded, or is missing though no erasure names it.
  public func personalTexts(_ selection: TextSelection) throws -> SelectedTexts {
    var selected = SelectedTexts()
    let erasures = try Erasures(store.database)
    func add(_ event: RecordedEvent) throws {
      // What was changed stays as evidence.
      try checkTexts(of: event, erasures)
      selected.add(event)
    }
    switch selection {
    case .positions(let positions):
      for position in Set(positions).sorted() {
        guard let event = try event(at: position) else {
          selected.unknown.append(position)
          continue
        }
        try add(event)
        if event.personalDigest == nil, event.personalText == nil,
          event.commit.header.reasonDigest == nil
        {
          selected.withoutText.append(position)
        }
      }
    case .stream(let streamID):
      try forEachEvent(EventQuery(streamID: streamID), add)
    }
    selected.lastErasedAt = erasures.last(
      of: selected.erasedTexts, reasons: selected.erasedReasons)
    return selected
  }
}

extension WriteTransaction {
  /// Erases the texts and reasons of `selected` that are there, salts included, and records that in
  /// `streamID` as `commit`, whose appends must be empty. Returns the recorded event.
  ///
  /// Nothing else changes. `selected` must come from this very transaction and have something left to
  /// erase. Once `write` has returned, no reader finds the texts; their bytes are gone from the file and
  /// the log of writes beside it after `EventStore.clearLog`.
  @discardableResult
  public func erase(
    _ selected: SelectedTexts, recordingIn streamID: String, _ commit: NewCommit
  ) throws -> RecordedEvent {
    precondition(commit.appends.isEmpty, "an erasure is a commit of its own")
    precondition(!selected.isErased, "there is something to erase")
    let erasure = PersonalTextErased(positions: selected.texts, reasons: selected.reasons)
    var commit = commit
    let event = NewEvent(
      type: PersonalTextErased.type, version: PersonalTextErased.version, data: erasure.data)
    commit.appends = [StreamAppend(streamID: streamID, expectedVersion: .any, events: [event])]
    guard let recorded = try appendOwn(commit).first else {
      preconditionFailure("a commit with an event is recorded")
    }
    let rows = try removeTexts(of: erasure)
    // The lists rise and name what this transaction has found, unless the file contradicts itself.
    guard rows == erasure.positions.count + erasure.reasons.count else {
      throw StoreFileError.damaged(
        path: store.path, position: recorded.position,
        problem: "its texts are not where its commits say; nothing was erased")
    }
    return recorded
  }

  /// Removes the rows of what `erasure` names, and returns how many were there. If that fails half-way,
  /// the transaction can't be kept.
  func removeTexts(of erasure: PersonalTextErased) throws -> Int {
    try keepingWhole {
      var rows = 0
      for (positions, comparison) in [(erasure.positions, "<>"), (erasure.reasons, "=")] {
        for position in positions {
          let row: Void? = try database.first(
            """
            DELETE FROM personal_texts
             WHERE position = ? AND field \(comparison) '\(StoreSchema.reasonField)'
            RETURNING position
            """, position
          ) { _ in }
          if row != nil { rows += 1 }
        }
      }
      if rows > 0 { hasErased = true }
      return rows
    }
  }
}
