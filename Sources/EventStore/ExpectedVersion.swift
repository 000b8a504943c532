/// What a writer believes a stream's version (the position of its last event) to be.
public enum ExpectedVersion: Hashable, Sendable {
  /// The stream's last event stands at this position.
  case exactly(Int64)
  /// The stream has no event.
  case noStream
  /// The stream has at least one event.
  case streamExists
  /// Whatever it is.
  case any

  /// Whether a stream at `version`, which is nil before its first event, is as expected.
  public func accepts(_ version: Int64?) -> Bool {
    switch self {
    case .exactly(let expected): version == expected
    case .noStream: version == nil
    case .streamExists: version != nil
    case .any: true
    }
  }
}

extension ExpectedVersion: CustomStringConvertible {
  /// As on the command line: a number, `no-stream`, `stream-exists` or `any`.
  public var description: String {
    switch self {
    case .exactly(let version): "\(version)"
    case .noStream: "no-stream"
    case .streamExists: "stream-exists"
    case .any: "any"
    }
  }

  /// Reads what `description` writes; nil for anything else.
  public init?(_ text: String) {
    switch text {
    case "no-stream": self = .noStream
    case "stream-exists": self = .streamExists
    case "any": self = .any
    default:
      guard let version = Int64(text), version >= 0, String(version) == text else { return nil }
      self = .exactly(version)
    }
  }
}
