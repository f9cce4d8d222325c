/// libFuzzer's loop: the symbol comes with `-sanitize=fuzzer`.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ argumentCount: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// Runs the process's command line through libFuzzer, with `test` as its target.
public func fuzz(_ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32) {
    var argumentCount = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    _ = runDriver(&argumentCount, &arguments, test)
}

/// The bytes that libFuzzer made up.
public func bytes(_ data: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
    [UInt8](UnsafeBufferPointer(start: data, count: count))
}
