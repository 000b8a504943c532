/// Hands out places in streams to the events of one commit, which is not recorded yet.
struct StreamPlaces {
  /// A stream as the next event of the commit finds it.
  struct Place {
    let streamID: String
    /// Nil if the stream is new to the file.
    let key: Int64?
    /// The position of the last event, one of this commit if it has any; nil if there is none.
    var version: Int64?
  }

  private let log: ReadTransaction
  private var lastByKey: [Int64: Int64] = [:]
  private var lastOfNew: [ByteExactText: Int64] = [:]

  init(_ log: ReadTransaction) { self.log = log }

  /// Where `streamID` is now.
  func place(in streamID: String) throws -> Place {
    guard let key = try log.store.names.streams.key(of: streamID) else {
      return Place(
        streamID: streamID, key: nil, version: lastOfNew[ByteExactText(text: streamID)])
    }
    let version = try lastByKey[key] ?? log.version(of: streamID, key: key)
    return Place(streamID: streamID, key: key, version: version)
  }

  /// Remembers that events of this commit have taken every position up to that of `place`.
  mutating func take(_ place: Place) {
    if let key = place.key {
      lastByKey[key] = place.version
    } else {
      lastOfNew[ByteExactText(text: place.streamID)] = place.version
    }
  }
}

extension StreamPlaces.Place {
  /// The position of the next event, which is taken by it.
  mutating func next() -> Int64 {
    let next = (version ?? -1) + 1
    version = next
    return next
  }
}
