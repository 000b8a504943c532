/// Watches that events come in the order of recording, each beyond the one before.
///
/// In a damaged file they need not, and who goes on after the last one that was read would never reach the
/// end.
struct ReadingOrder {
  private let isByRecording: Bool
  private let isOfStream: Bool
  private let isReversed: Bool
  /// Where the last event stands, or where to begin; nil at the very beginning.
  private var last: Int64?

  /// The order that `query` asks for.
  init(_ query: EventQuery) {
    isByRecording = query.order == .recorded
    isOfStream = query.streamID != nil
    isReversed = query.isReversed
    last = isReversed ? nil : isOfStream ? query.afterStreamPosition : query.after
  }

  /// Of the whole log after `position`.
  init(after position: Int64) {
    (isByRecording, isOfStream, isReversed, last) = (true, false, false, position)
  }

  /// Throws `StoreFileError.damaged` unless `event`, of the store at `path`, is beyond the one before.
  mutating func check(_ event: RecordedEvent, path: String) throws {
    guard isByRecording else { return }
    let place = isOfStream ? event.streamPosition : event.position
    if let last, isReversed ? place >= last : place <= last {
      throw StoreFileError.damaged(
        path: path, position: event.position, problem: "it stands in the place of another event")
    }
    last = place
  }
}
