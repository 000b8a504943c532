import Foundation

/// A terminal that commands write to: `script` makes one, and hands on what it shows.
enum Terminal {
  /// Everything that a shell script in `sandbox` shows, on either of its outputs.
  static func show(_ script: String, in sandbox: Sandbox) throws -> String {
    try sandbox.write(script, to: ".shown")
    #if os(Linux)
      let outcome = try sandbox.run("TERM=xterm script -qec 'sh .shown' /dev/null < /dev/null")
    #else
      let outcome = try sandbox.run("TERM=xterm script -q /dev/null sh .shown < /dev/null")
    #endif
    return outcome.output.replacing("\r\n", with: "\n")
  }
}
