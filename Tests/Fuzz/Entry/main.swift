import FuzzTargets

// sealift-fuzz TARGET [libFuzzer's own arguments]: hands the process to libFuzzer (https://llvm.org/docs/LibFuzzer.html), which calls
// back with every input. It brings a `main` of its own, which is left out: SwiftPM gives a program ours.

guard CommandLine.argc > 1, let target = FuzzTarget.all.first(where: { $0.name == CommandLine.arguments[1] }) else {
    fatalError("the first argument must be one of \(FuzzTarget.all.map(\.name))")
}
FuzzRun.target = target
FuzzRun.start()
