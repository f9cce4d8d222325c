import Foundation

/// A real process under test: a server, a sentinel, or one of the real peers.
///
/// It ends with the object: SIGKILL to its own pid, so nothing outlives a test.
public final class DaemonProcess: @unchecked Sendable {
    private let process: Process
    private let logPath: String
    /// What it was called in messages.
    public let name: String

    /// Starts `executable` in `directory`; both outputs go to a file there.
    public init(
        _ executable: String, _ arguments: [String], in directory: String,
        environment: [String: String] = [:]
    ) throws {
        name = URL(fileURLWithPath: executable).lastPathComponent
        logPath = directory + "/" + name + "-\(UUID().uuidString.prefix(8)).log"
        _ = FileManager.default.createFile(atPath: logPath, contents: nil)
        process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        process.standardInput = FileHandle.nullDevice
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: logPath))
        process.standardOutput = output
        process.standardError = output
        if !environment.isEmpty {
            process.environment = ProcessInfo.processInfo.environment
                .merging(environment) { $1 }
        }
        try process.run()
    }

    deinit { kill() }

    /// Its process id.
    public var identifier: Int32 { process.processIdentifier }
    /// Whether it still runs.
    public var isRunning: Bool { process.isRunning }
    /// What it has written so far.
    public var log: String {
        (try? Data(contentsOf: URL(fileURLWithPath: logPath)))
            .map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Waits until its log holds `text`.
    public func waitForLog(_ text: String, seconds: Double = 20) throws {
        try eventually(
            "\(name) logs '\(text)'", seconds: seconds, log: self.log,
            isTrue: { self.log.contains(text) })
    }

    /// Sends a signal to it alone.
    public func signal(_ number: Int32) { if isRunning { Foundation.kill(identifier, number) } }

    /// Ends it at once and waits.
    public func kill() {
        signal(SIGCONT)
        signal(SIGKILL)
        process.waitUntilExit()
    }

    /// Asks it to end by SIGTERM and waits; returns how it ended.
    @discardableResult
    public func terminate(seconds: Double = 20) throws -> Ending {
        signal(SIGTERM)
        return try waitForEnd(seconds: seconds)
    }

    /// How a process ended.
    public enum Ending: Equatable, Sendable {
        /// It left with this status.
        case exited(Int32)
        /// A signal killed it.
        case killed(by: Int32)
    }

    /// Waits until it has ended by itself.
    public func waitForEnd(seconds: Double = 20) throws -> Ending {
        try eventually(
            "\(name) ends", seconds: seconds, log: self.log, isTrue: { !self.isRunning })
        return process.terminationReason == .exit
            ? .exited(process.terminationStatus) : .killed(by: process.terminationStatus)
    }
}

/// Runs a program to its end; what it wrote on both outputs together, and its status.
public func run(
    _ executable: String, _ arguments: [String], input: String? = nil,
    in directory: String = "/tmp",
    environment: [String: String] = [:]
) throws -> (output: String, status: Int32) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    if !environment.isEmpty {
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    // A file, not a pipe: a program that ends without reading would end the tests by SIGPIPE.
    var typed: TemporaryDirectory?
    if let input {
        let directory = try TemporaryDirectory()
        process.standardInput = FileHandle(
            forReadingAtPath: try directory.write("input", input))
        typed = directory
    } else {
        process.standardInput = FileHandle.nullDevice
    }
    defer { withExtendedLifetime(typed) {} }
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (String(decoding: data, as: UTF8.self), process.terminationStatus)
}
