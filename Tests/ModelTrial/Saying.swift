import Foundation

/// Writes a line at once: whoever waits for minutes wants to see it, and after a crash it must be there.
func say(_ line: String) {
  FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
