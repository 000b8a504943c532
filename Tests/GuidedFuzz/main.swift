import Fuzzing
import LibFuzzer

// Tries one target with libFuzzer, which looks at the code that an input reaches:
//
//     guided-fuzz TARGET [libFuzzer's own arguments]
//
// Built by `make fuzz` alone, with `--sanitize=fuzzer`.

/// What is tried; found out once, as libFuzzer hands over nothing but bytes.
nonisolated(unsafe) var tryOut: ([UInt8]) throws -> Void = { _ in }

guard CommandLine.arguments.count > 1,
  let target = FuzzTarget.all.first(where: { $0.name == CommandLine.arguments[1] })
else { fatalError("name a target: \(FuzzTarget.all.map(\.name).joined(separator: ", "))") }
tryOut = try target.trier()

var count = CommandLine.argc - 1
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
let status = LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
  do {
    try tryOut(Array(UnsafeBufferPointer(start: bytes, count: count)))
  } catch {
    fatalError("\(error)")
  }
  return 0
}
guard status == 0 else { fatalError("libFuzzer ended with \(status)") }
