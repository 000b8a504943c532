import Foundation
import TestSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A process that leads a group of its own, so that whatever it has started dies with it.
struct Child {
  /// How a process ended.
  enum Ending: Hashable {
    case exited(Int32)
    case killed
  }

  /// Why a process can't be started: `errno`.
  struct StartFailure: Error {
    let program: String
    let code: Int32
  }

  private let id: pid_t

  /// Starts `words[0]`, which is a path, in `folder`; `input`, `output` and `errors` are paths.
  init(
    _ words: [String], in folder: String, input: String, output: String, errors: String
  ) throws {
    #if os(Linux)
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #else
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, flags, 0o600)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, flags, 0o600)
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    let shell = ["/bin/sh", "-c", #"cd "$0" && exec "$@""#, folder]
    var arguments: [UnsafeMutablePointer<CChar>?] = (shell + words).map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    let settings =
      ["PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "HOME=\(folder)"]
      + Sanitizer.settings.map { "\($0)=\($1)" }
    var environment: [UnsafeMutablePointer<CChar>?] = settings.map { strdup($0) } + [nil]
    defer { for setting in environment { free(setting) } }
    var id = pid_t()
    let code = posix_spawn(&id, shell[0], &actions, &attributes, &arguments, &environment)
    guard code == 0 else { throw StartFailure(program: shell[0], code: code) }
    self.id = id
  }

  /// Kills it and all that it has started, unless it has ended: until somebody waits for it, its
  /// number is nobody else's.
  func kill() { Foundation.kill(-id, SIGKILL) }

  /// Waits for its end.
  func ending() -> Ending {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0 && errno == EINTR {}
    // As <sys/wait.h> has it.
    return status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed
  }
}
