/// A search as the full-text index takes it, made of what a person typed.
///
/// Words must all be found, in any order; `"some words"` in that order; `rent*` whatever begins so.
/// `AND`, `OR`, `NOT` and parentheses combine them, and `reason:word` looks in one field only. Every
/// term is quoted in `text`, so that no sign in it means anything to the index:
/// <https://sqlite.org/fts5.html#full_text_query_syntax>.
public struct SearchExpression: Hashable, Sendable {
  /// What may be searched by itself.
  public static let fields = ["description", "counterparty", "reason", "holder"]
  private static let mostTerms = 64
  /// The index reads at most some ten signs a level, and its parser keeps 100.
  private static let deepest = 8

  /// The expression for the index.
  package let text: String
  /// Finds whichever of its terms a text has, for showing where: of `rent holder:zoe` a description
  /// may have the first without the second. What must not be found is not in it.
  package let anyTerm: String

  /// Throws `SearchProblem` if `query` makes no sense.
  public init(_ query: String) throws(SearchProblem) {
    var parser = Parser(tokens: try Self.tokens(of: query))
    text = try parser.whole()
    anyTerm = parser.wanted.joined(separator: " OR ")
  }
}

/// Why a search can't be understood.
public struct SearchProblem: Error, Hashable, Sendable {
  /// As the end of a sentence that begins with the query.
  public let problem: String
}

extension SearchExpression {
  fileprivate enum Token: Hashable {
    case term(String, isPrefix: Bool)
    case field(String)
    case and, or, not, open, close

    var word: String {
      switch self {
      case .term(let text, _): "'\(text)'"
      case .field(let name): "'\(name):'"
      case .and: "AND"
      case .or: "OR"
      case .not: "NOT"
      case .open: "'('"
      case .close: "')'"
      }
    }
  }

  /// A part of a query. The index reads scalar by scalar, and so must we: to a `Character`, a quotation mark
  /// with an accent on it is none.
  private typealias Scalars = Substring.UnicodeScalarView

  private static func tokens(of query: String) throws(SearchProblem) -> [Token] {
    guard query.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
      throw SearchProblem(problem: "has a control character")
    }
    var tokens: [Token] = []
    var rest = query[...].unicodeScalars
    while let first = rest.first {
      switch first {
      case " ": rest.removeFirst()
      case "(", ")":
        tokens.append(first == "(" ? .open : .close)
        rest.removeFirst()
      case "\"": tokens.append(try phrase(&rest))
      default:
        let word = rest.prefix {
          !$0.properties.isWhitespace && !"()\"".unicodeScalars.contains($0)
        }
        guard !word.isEmpty else {
          rest.removeFirst()
          continue
        }
        rest = rest.dropFirst(word.count)
        tokens += try self.tokens(ofWord: word)
      }
      guard tokens.count <= 4 * mostTerms else { throw tooLong }
    }
    return tokens
  }

  private static var tooLong: SearchProblem {
    SearchProblem(problem: "is too long; \(mostTerms) words are the most")
  }

  private static func phrase(_ rest: inout Scalars) throws(SearchProblem) -> Token {
    rest.removeFirst()
    guard let end = rest.firstIndex(of: "\"") else {
      throw SearchProblem(problem: "has a quotation mark that is never closed")
    }
    let text = rest[..<end]
    rest = rest[rest.index(after: end)...]
    let isPrefix = rest.first == "*"
    if isPrefix { rest.removeFirst() }
    return try term(text, isPrefix: isPrefix)
  }

  private static func tokens(ofWord word: Scalars) throws(SearchProblem) -> [Token] {
    switch String(word) {
    case "AND": return [.and]
    case "OR": return [.or]
    case "NOT": return [.not]
    default: break
    }
    // Ids of accounts may have colons too.
    if let colon = word.firstIndex(of: ":"), fields.contains(String(word[..<colon])) {
      let field = Token.field(String(word[..<colon]))
      let rest = word[word.index(after: colon)...]
      return rest.isEmpty ? [field] : [field, try term(rest)]
    }
    return [try term(word)]
  }

  private static func term(_ word: Scalars) throws(SearchProblem) -> Token {
    let isPrefix = word.last == "*"
    return try term(isPrefix ? word.dropLast() : word, isPrefix: isPrefix)
  }

  private static func term(_ text: Scalars, isPrefix: Bool) throws(SearchProblem) -> Token {
    guard text.contains(where: isIndexed) else {
      throw SearchProblem(
        problem: "looks for '\(String(text))\(isPrefix ? "*" : "")', which has no letter or digit")
    }
    return .term(String(text), isPrefix: isPrefix)
  }

  /// Whether the index takes the sign for a part of a word:
  /// <https://sqlite.org/fts5.html#unicode61_tokenizer>.
  private static func isIndexed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber, .privateUse:
      true
    default: false
    }
  }

  /// Reads: what one `OR` may stand between is read before what an `AND` may.
  private struct Parser {
    private var tokens: ArraySlice<Token>
    private var terms = 0
    private var depth = 0
    private var field: String?
    /// The terms that are looked for, each in its field.
    private(set) var wanted: [String] = []

    init(tokens: [Token]) { self.tokens = tokens[...] }

    mutating func whole() throws(SearchProblem) -> String {
      guard !tokens.isEmpty else { throw SearchProblem(problem: "has no word to look for") }
      let text = try alternatives()
      guard tokens.isEmpty else {
        throw SearchProblem(problem: "closes a parenthesis that was never opened")
      }
      return text
    }

    private mutating func alternatives() throws(SearchProblem) -> String {
      var text = try conjunction()
      while tokens.first == .or {
        tokens.removeFirst()
        text += " OR \(try conjunction())"
      }
      return text
    }

    /// To the index, NOT binds more than AND, and AND more than OR: it needs no parentheses of ours.
    private mutating func conjunction() throws(SearchProblem) -> String {
      var text = try operand()
      while let next = tokens.first {
        switch next {
        case .or, .close: return text
        case .and:
          tokens.removeFirst()
          text += " AND \(try operand())"
        case .not:
          tokens.removeFirst()
          let before = wanted
          text += " NOT \(try operand())"
          wanted = before
        case .term, .field, .open: text += " AND \(try operand())"
        }
      }
      return text
    }

    private mutating func operand() throws(SearchProblem) -> String {
      guard let token = tokens.popFirst() else {
        throw SearchProblem(problem: "ends where a word is missing")
      }
      switch token {
      case .term(let text, let isPrefix): return try term(text, isPrefix: isPrefix)
      case .field(let name): return try self.field(name)
      case .open: return try group()
      case .not:
        throw SearchProblem(
          problem: "says NOT without anything to take away from; write: rent NOT garage")
      case .and, .or, .close:
        throw SearchProblem(problem: "has \(token.word) where a word is missing")
      }
    }

    private mutating func term(_ text: String, isPrefix: Bool) throws(SearchProblem) -> String {
      terms += 1
      guard terms <= SearchExpression.mostTerms else { throw SearchExpression.tooLong }
      let term = "\"\(text)\"" + (isPrefix ? " *" : "")
      wanted.append(field.map { "{\($0)} : \(term)" } ?? term)
      return term
    }

    private mutating func field(_ name: String) throws(SearchProblem) -> String {
      if case .field(let next) = tokens.first {
        throw SearchProblem(problem: "has '\(next):' where a word is missing")
      }
      let outer = field
      field = name
      let operand = try operand()
      field = outer
      return "{\(name)} : \(operand)"
    }

    private mutating func group() throws(SearchProblem) -> String {
      depth += 1
      guard depth <= SearchExpression.deepest else {
        throw SearchProblem(problem: "nests too many parentheses")
      }
      let text = try alternatives()
      guard tokens.popFirst() == .close else {
        throw SearchProblem(problem: "opens a parenthesis that is never closed")
      }
      depth -= 1
      return "(\(text))"
    }
  }
}
