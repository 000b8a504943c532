import ArgumentParser
import JSONText
import LedgerDomain
import LedgerKit

/// How a graph of payments is written: as a list, or for Graphviz.
struct GraphOptions: ParsableArguments {
  @Flag(help: "Write the graph in Graphviz's language, instead of --format.")
  var dot = false

  /// Throws `ValidationError` if `output` asks for another format too.
  func check(_ output: OutputOptions) throws {
    guard dot, output.format != .text else { return }
    throw ValidationError("--dot is a format of its own; leave --format out")
  }
}

/// The language of Graphviz: <https://graphviz.org/doc/info/lang.html>.
enum DotGraph {
  /// Payments as arrows, labelled with what was paid in how many transfers; `marked` accounts stand out.
  static func text(of flows: [Flow], marked: Set<AccountID> = []) -> String {
    var lines = ["digraph flows {", "  rankdir=LR;", "  node [shape=box];"]
    lines += marked.sorted().map { "  \(quoted($0.text)) [style=bold];" }
    lines += flows.map { flow in
      let label = quoted("\(flow.total.text), \(flow.transfers)x")
      return "  \(quoted(flow.payer.text)) -> \(quoted(flow.payee.text)) [label=\(label)];"
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}

extension Flow {
  /// The names of a flow's values, as in `values`.
  static let columns = ["payer", "payee", "total", "currency", "transfers", "first", "last"]

  /// The flow as scripts read it.
  var record: Record {
    let values: [JSONValue] = [
      .string(payer.text), .string(payee.text), .string(total.decimal),
      .string(total.currency.code), .integer(transfers), .string(first.description),
      .string(last.description),
    ]
    return zip(Self.columns, values).map { JSONMember($0, $1) }
  }

  static let table: [TextTable.Column] = [
    .init(title: "PAYER"), .init(title: "PAYEE"), .init(title: "TOTAL", isNumber: true),
    .init(title: "CURRENCY"), .init(title: "TRANSFERS", isNumber: true), .init(title: "FIRST"),
    .init(title: "LAST"),
  ]

  /// The flow's row for people.
  var row: [String] {
    [
      payer.text, payee.text, total.decimal, total.currency.code, "\(transfers)", first.shortText,
      last.shortText,
    ]
  }
}
