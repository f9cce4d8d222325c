import Foundation

/// How many files this process, and what it starts, may have open.
public enum OpenFiles {
    /// Raises the limit to `count` where that is allowed; returns the limit from now on.
    public static func raise(to count: Int) -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        if limit.rlim_cur >= count { return Int(clamping: limit.rlim_cur) }
        var raised = limit
        raised.rlim_cur = rlim_t(count)
        // Only root may raise the hard limit.
        raised.rlim_max = max(limit.rlim_max, rlim_t(count))
        if setrlimit(resource, &raised) == 0 { return count }
        raised.rlim_max = limit.rlim_max
        raised.rlim_cur = min(rlim_t(count), limit.rlim_max)
        return setrlimit(resource, &raised) == 0 ? Int(clamping: raised.rlim_cur) : 0
    }
}
