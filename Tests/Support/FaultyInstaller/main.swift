// sealift-faults: does one verb on a root with one fault among its file effects, as test-matrix §4.1 asks. Part of no product.
//
//   SEALIFT_FAULT=12:kill-before sealift-faults install|uninstall|rollback|recover ROOT [BUNDLE KEY VALUES]
//
// Prints how many calls there were.
import Glibc

exit(FaultyRun.main(Array(CommandLine.arguments.dropFirst())))
