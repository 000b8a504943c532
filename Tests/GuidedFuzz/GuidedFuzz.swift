import Fuzzing

// Tries one target with libFuzzer, which looks at the code that an input reaches:
//
//     guided-fuzz TARGET [libFuzzer's own arguments]
//
// Built by `make fuzz` alone, with `--sanitize=fuzzer`, which brings `main`.
// <https://llvm.org/docs/LibFuzzer.html>

/// What is tried; found out once, as libFuzzer hands over nothing but bytes.
nonisolated(unsafe) private var tryOut: ([UInt8]) throws -> Void = { _ in }

/// Takes the name of the target out of the arguments.
@_cdecl("LLVMFuzzerInitialize")
func initialize(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
  let name = count.pointee > 1 ? arguments.pointee[1].map { String(cString: $0) } : nil
  guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
    fatalError("name a target: \(FuzzTarget.all.map(\.name).joined(separator: ", "))")
  }
  do {
    tryOut = try target.trier()
  } catch {
    fatalError("\(error)")
  }
  // The program's own name stays in front.
  arguments.pointee[1] = arguments.pointee[0]
  arguments.pointee += 1
  count.pointee -= 1
  return 0
}

/// Tries one input.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    try tryOut(Array(UnsafeBufferPointer(start: bytes, count: count)))
  } catch {
    fatalError("\(error)")
  }
  return 0
}
