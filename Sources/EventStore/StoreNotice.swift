/// Something worth telling the user that is no error: the program went on.
public enum StoreNotice: Hashable, Sendable {
  /// The file was brought from an older format to this program's; as it was, it is kept at `copy`.
  case migrated(path: String, from: Int64, to: Int64, copy: String)
  /// The tables of a projection were not those of this program: they were made anew, or are before they
  /// answer again.
  case projectionOutdated(name: String, why: String)
  /// A projection can't apply the event at this position; it answers as it was before that.
  case projectionStopped(name: String, position: Int64, problem: String)
  /// A snapshot can't be used; the state was folded from an older one, or from all events.
  case snapshotIgnored(streamID: String, streamPosition: Int64, problem: String)
  /// A snapshot that was due could not be written; the command goes on without.
  case snapshotNotWritten(streamID: String, problem: String)
  /// Texts at these positions stand inside hashed data, and were left when others were erased.
  case textsNotErasable(positions: [Int64])
  /// These copies of the file were made before something was erased, and may hold it.
  case copiesHoldText(paths: [String])
}
