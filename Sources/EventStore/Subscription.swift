/// A named reader of the log that the file remembers.
public struct Subscription: Hashable, Sendable {
  /// Its key in the file.
  package let id: Int64
  /// Names it in its file.
  public let name: String
  /// A global position: all that it wants up to there was delivered, or is a dead letter.
  public let checkpoint: Int64
  /// What it wants.
  public let filter: Filter
  /// Microseconds since 1970, UTC.
  public let createdAtMicros: Int64
  /// How many events could not be delivered.
  public let deadLetters: Int64
  /// How many wait for one of these, of their own stream.
  public let waiting: Int64

  /// What a subscription wants. All conditions must hold.
  public struct Filter: Hashable, Sendable {
    /// Only these types of event; nil means every type.
    public var types: [String]?
    /// Only streams whose id begins with this.
    public var streamPrefix: String?

    /// Everything.
    public init() {}

    /// Whether it lets `event` through.
    public func wants(_ event: RecordedEvent) -> Bool {
      types?.contains(event.type) ?? true
        && streamPrefix.map { event.streamID.utf8.starts(with: $0.utf8) } ?? true
    }

    /// A value with all its fields.
    public init(types: [String]?, streamPrefix: String?) {
      (self.types, self.streamPrefix) = (types, streamPrefix)
    }
  }

  /// The query for what it wants after its checkpoint.
  func query() -> EventQuery {
    var query = EventQuery()
    query.types = filter.types
    query.streamPrefix = filter.streamPrefix
    query.after = checkpoint
    return query
  }
}

extension Subscription {
  /// Whether a subscription may have that name: 1 to 64 letters, digits and `-_.`, beginning with a letter or
  /// digit. It is part of a file's name.
  public static func isName(_ text: String) -> Bool {
    let characters = text.unicodeScalars
    return (1...64).contains(characters.count)
      && characters.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || isDigit($0) || "-_.".contains(Character($0)))
      }
      && characters.first.map { $0.properties.isAlphabetic || isDigit($0) } == true
  }

  private static func isDigit(_ character: Unicode.Scalar) -> Bool {
    ("0"..."9").contains(character)
  }
}

/// An event that could not be delivered, or that waits for one of its stream.
public struct DeadLetter: Hashable, Sendable {
  /// Its global position.
  public let position: Int64
  /// Its stream.
  public let streamID: String
  /// How often it was tried; 0: it waits.
  public let attempts: Int64
  /// What was wrong the last time; nil if it was never tried.
  public let problem: String?
  /// When that was: microseconds since 1970, UTC.
  public let failedAtMicros: Int64?
  /// Whether it is to be tried again.
  public let isDue: Bool
}

/// Why a subscription does not do what was asked.
public enum SubscriptionError: Error, Hashable, Sendable {
  /// There is none of that name.
  case notFound(name: String)
  /// There is one of that name.
  case exists(name: String)
  /// It is at `checkpoint`, not where the caller believes it is: somebody else moved it.
  case moved(name: String, checkpoint: Int64)
  /// The log ends at `head`.
  case beyondEnd(name: String, position: Int64, head: Int64)
  /// It has no dead letter at `position`, or one that waits.
  case noDeadLetter(name: String, position: Int64)
  /// Somebody else runs it.
  case running(name: String)
}
