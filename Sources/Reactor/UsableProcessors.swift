import Bytes
import Glibc

/// How many CPUs the machine or its container lends to this process and its clients.
///
/// The process's own affinity is left out on purpose: a server pinned to one CPU of eight may spin
/// there, as its clients run on the others. A container's share of CPU time counts, as spinning
/// would use it up.
public enum UsableProcessors {
    /// At least 1.
    ///
    /// Reads a few small files: once, at the start.
    public static func count() -> Int {
        var count = max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1)
        for group in controlGroups() {
            for name in ["cpuset.cpus.effective", "cpuset.effective_cpus"] {
                if let text = read("\(group)/\(name)"), let listed = size(ofList: text) {
                    count = min(count, listed)
                }
            }
            if let text = read("\(group)/cpu.max"), let share = wholeProcessors(inQuota: text) {
                count = min(count, share)
            }
        }
        return max(count, 1)
    }

    /// How many CPUs a list such as `0-3,8` names; nil when it is empty or malformed.
    public static func size(ofList list: String) -> Int? {
        var total = 0
        for part in list.split(separator: ",") {
            let ends = part.split(separator: "-").map { Int($0) }
            switch ends.count {
            case 1:
                guard ends[0] != nil else { return nil }
                total += 1
            case 2:
                guard let first = ends[0], let last = ends[1], first <= last, last < 65_536
                else { return nil }
                total += last - first + 1
            default: return nil
            }
        }
        return total > 0 ? total : nil
    }

    /// The share that `cpu.max` grants, for instance `150000 100000`: 1; nil for `max 100000`.
    public static func wholeProcessors(inQuota text: String) -> Int? {
        let words = text.split(separator: " ").map { Int($0) }
        guard words.count == 2, let quota = words[0], let period = words[1], period > 0
        else { return nil }
        return max(quota / period, 1)
    }

    /// The directories of our control group and of those above it, in both versions' layouts.
    private static func controlGroups() -> [String] {
        var directories = ["/sys/fs/cgroup", "/sys/fs/cgroup/cpuset"]
        guard let text = read("/proc/self/cgroup") else { return directories }
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let isUnified = fields[1].isEmpty
            guard isUnified || fields[1].split(separator: ",").contains("cpuset") else { continue }
            var directory = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpuset"
            for part in fields[2].split(separator: "/").prefix(32) {
                directory += "/\(part)"
                directories.append(directory)
            }
        }
        return directories
    }

    private static func read(_ path: String) -> String? {
        guard let bytes = try? File.contents(of: path, limit: 65_536) else { return nil }
        return bytes.text.split(separator: "\n", omittingEmptySubsequences: false).first.map {
            path.hasSuffix("cgroup") ? bytes.text : String($0)
        }
    }
}
