import LedgerCLI

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

exit(LedgerProgram.run(Array(CommandLine.arguments.dropFirst())))
