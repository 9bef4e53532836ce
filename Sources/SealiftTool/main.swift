import Glibc

exit(Sealift.run(Array(CommandLine.arguments.dropFirst())))
