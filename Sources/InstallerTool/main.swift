import Glibc

exit(SealiftInstall.run(Array(CommandLine.arguments.dropFirst())))
