/// A parser that anybody's bytes may reach, and what must hold whatever they are.
package struct FuzzTarget: Sendable {
  /// Also the name of the folder of its corpus.
  package let name: String
  /// Pieces that inputs are made of.
  package let tokens: [String]
  private let prepare: @Sendable () throws -> (inout Checker, [UInt8]) throws -> Void

  init(
    _ name: String, tokens: [String] = [],
    prepare: @escaping @Sendable () throws -> (inout Checker, [UInt8]) throws -> Void
  ) {
    (self.name, self.tokens, self.prepare) = (name, tokens, prepare)
  }

  /// A target that needs nothing but the bytes as text; bytes that are not UTF-8 are U+FFFD in it.
  init(
    _ name: String, tokens: [String] = [],
    ofText check: @escaping @Sendable (inout Checker, String) throws -> Void
  ) {
    self.init(name, tokens: tokens) {
      { checker, bytes in try check(&checker, String(decoding: bytes, as: UTF8.self)) }
    }
  }

  /// What tries one input after another: throws `FuzzFinding` for one of which a promise doesn't hold.
  package func trier() throws -> (_ input: [UInt8]) throws -> Void {
    let check = try prepare()
    return { input in
      var checker = Checker()
      do {
        try check(&checker, input)
      } catch let finding as FuzzFinding {
        throw finding
      } catch {
        // What a parser throws, a user reads.
        try checker.require(answered: error)
      }
    }
  }

  /// All of them.
  package static let all: [FuzzTarget] = values + documents + words + files
}

/// A promise that doesn't hold.
package struct FuzzFinding: Error, CustomStringConvertible {
  package let description: String
}
