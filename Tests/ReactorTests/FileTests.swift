import Bytes
import Glibc
import Reactor
import Testing

@Suite struct FileTests {
    private let directory = TemporaryDirectory()
    private var path: String { "\(directory.path)/target" }

    private func write(_ text: String, mode: UInt32 = 0o644) throws {
        var file = try File(path, for: .writing(mode: mode))
        try file.setMode(mode)
        try file.write(ByteString(text).bytes.span)
    }

    private func content() throws -> String { try File.contents(of: path).text }

    @Test func `a file is replaced as a whole and keeps its mode`() throws {
        try write("old", mode: 0o640)
        try AtomicFile.replace(path, with: ByteString("new content").bytes.span)
        #expect(try content() == "new content")
        var file = try File(path, for: .reading)
        #expect(try file.mode() == 0o640)
        #expect(try file.size() == 11)
        #expect(directory.names == ["target"])
    }

    @Test func `a file that is given up leaves nothing behind`() throws {
        try write("old")
        do {
            var file = try AtomicFile(path)
            try file.write(ByteString("half").bytes.span)
        }
        #expect(try content() == "old")
        #expect(directory.names == ["target"])
    }

    @Test func `a symbolic link stays one`() throws {
        try write("old")
        let link = "\(directory.path)/link"
        symlink("target", link)
        try AtomicFile.replace(link, with: ByteString("new").bytes.span)
        #expect(try content() == "new")
        var status = stat()
        lstat(link, &status)
        #expect(status.st_mode & S_IFMT == S_IFLNK)
    }

    @Test func `whichever call fails, the file is old or new, and the error names the step`() throws
    {
        var steps: [FileError.Step] = []
        for call in 1...20 {
            try write("old")
            do throws(FileError) {
                try AtomicFile.replace(
                    path, with: ByteString("new").bytes.span,
                    fault: FileFault(call: call, code: ENOSPC))
                #expect(call > steps.count)
                break
            } catch {
                steps.append(error.step)
                #expect(error.cause.code == ENOSPC)
                let isInPlace = error.step == .synchroniseDirectory
                #expect(try content() == (isInPlace ? "new" : "old"))
                #expect(directory.names == ["target"])
            }
        }
        #expect(
            steps == [.open, .setMode, .write, .synchronise, .rename, .synchroniseDirectory])
    }

    @Test func `errors tell the step, the path and the reason`() {
        do throws(FileError) {
            _ = try File("\(directory.path)/missing", for: .reading)
        } catch {
            #expect("\(error)" == "open \(directory.path)/missing: No such file or directory")
        }
        do throws(FileError) {
            _ = try File.contents(of: "/proc/self/maps", limit: 10)
            Issue.record("no error")
        } catch {
            #expect(error.cause.code == EFBIG)
        }
    }

    @Test func `paths are taken apart`() {
        #expect(File.directory(of: "dump.rdb") == ".")
        #expect(File.directory(of: "/dump.rdb") == "/")
        #expect(File.directory(of: "/a/b/dump.rdb") == "/a/b")
        #expect(File.name(of: "/a/b/dump.rdb") == "dump.rdb")
    }
}

@Suite struct FileLockTests {
    @Test func `a lock that is held tells what its owner wrote, and ends with it`() throws {
        let directory = TemporaryDirectory()
        let path = "\(directory.path)/owner"
        do {
            let first = FileLock.take(path, content: "6379\n")
            guard case .taken(let lock) = consume first else {
                Issue.record("a free lock cannot be taken")
                return
            }
            switch FileLock.take(path, content: "6380\n") {
            case .held(let content): #expect(content == "6379\n")
            case .taken: Issue.record("a held lock was taken")
            case .unavailable: Issue.record("a held lock cannot be read")
            }
            lock.release()
            #expect(directory.names.isEmpty)
        }
        switch FileLock.take(path, content: "6380\n") {
        case .taken: break
        case .held: Issue.record("a lock outlives its owner")
        case .unavailable: Issue.record("a free lock cannot be taken")
        }
        switch FileLock.take("\(directory.path)/none/owner", content: "") {
        case .unavailable: break
        case .held: Issue.record("a lock without a directory is held")
        case .taken: Issue.record("a lock without a directory is taken")
        }
    }
}
