import Fuzzing
import Testing

/// A share of what `make fuzz` tries.
@Suite("Every parser")
struct FuzzCorpusTests {
  @Test("has a corpus, and every corpus has its parser")
  func complete() throws {
    #expect(try FuzzCorpus.kept.names() == FuzzTarget.all.map(\.name).sorted())
  }

  @Test("keeps its promises for every input that is kept", arguments: FuzzTarget.all)
  func kept(_ target: FuzzTarget) throws {
    let tryOut = try target.trier()
    let inputs = try FuzzCorpus.kept.inputs(of: target)
    #expect(inputs.count >= 8)
    for input in inputs {
      do {
        try tryOut(input.bytes)
      } catch {
        Issue.record("\(input.name): \(error)")
      }
    }
  }

  @Test("keeps its promises for inputs made by lot", arguments: FuzzTarget.all)
  func mutated(_ target: FuzzTarget) throws {
    let tryOut = try target.trier()
    let inputs = try FuzzCorpus.kept.inputs(of: target).map(\.bytes)
    var mutator = Mutator(inputs, tokens: target.tokens, seed: 31)
    for _ in 0..<25 {
      let input = mutator.next()
      do {
        try tryOut(input)
      } catch {
        Issue.record("\(error), for the bytes \(input)")
      }
    }
  }
}

extension FuzzTarget: CustomTestStringConvertible {
  /// Its name.
  public var testDescription: String { name }
}
