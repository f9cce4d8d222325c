import Determinism
import Replication

/// What the service manager shows of the server: one line (`systemctl status`).
extension Server {
    /// How things stand now.
    public var statusLine: String {
        if let progress = loadingProgress { return "Loading the data set: \(progress.text)" }
        if pendingShutdown != nil { return stoppingStatus }
        if persistence.mustStandStill { return "Saving the data set: \(savingText)" }
        return servingStatus + snapshotStatus
    }

    /// Whether the server is on its way out.
    public var isShuttingDown: Bool { pendingShutdown != nil }

    private var stoppingStatus: String {
        if persistence.mustStandStill { return "Saving the final RDB snapshot: \(savingText)" }
        if wantsHandover { return "Handing over to a replica before shutting down" }
        return laggingReplicaCount > 0
            ? "Waiting for replicas before shutting down" : "Shutting down"
    }

    private var servingStatus: String {
        guard let master = roles.link.master else {
            return roles.fence.isClosed
                ? "Ready to accept connections; writes wait for sentinels to name this master"
                : "Ready to accept connections"
        }
        if let progress = roles.incoming?.progress(at: now.instant) {
            return "Ready to accept connections in read-only mode. Synchronising with \(master): "
                + progress.text
        }
        return roles.link.isStreaming
            ? "Ready to accept connections, following \(master)"
            : "Ready to accept connections in read-only mode. Waiting for MASTER <-> REPLICA sync"
    }

    private var snapshotStatus: String {
        switch persistence.job?.purpose {
        case .background: "; saving: \(savingText)"
        case .kept: "; keeping the data set that the master lacks: \(savingText)"
        case .replicas: "; sending the data set to replicas: \(savingText)"
        case .foreground, nil: ""
        }
    }

    private var savingText: String {
        guard let job = persistence.job else { return "" }
        if job.isCommitting { return "waiting for the disk" }
        return WorkProgress(
            done: persistence.progress.saved, total: persistence.progress.total,
            startedAt: job.startedAt, at: now.instant
        ).text
    }
}
