import Glibc

System.fillStandardDescriptors()
// Exits with what the program says; `exit` would run destructors that wait for threads.
let status = Program(words: Array(CommandLine.arguments.dropFirst())).run()
_exit(status)
