import Bytes
import Determinism
import Replication
import Sessions

/// What a replica does while it refuses a master that lost its data: it waits for a failover, and
/// when none comes, keeps its own data set as a file and follows.
///
/// Sentinels of ours read `rds_master_refused` in INFO and fail over to a replica that has the data.
extension Server {
    /// Where no sentinel is heard, nobody will fail over.
    private static let patienceWithoutSentinels = Duration.seconds(5)
    /// A sentinel that knows us says a hello every two seconds.
    private static let longestSilence = Duration.seconds(30)

    /// How long a failover may take.
    private var patience: Duration {
        guard let heardAt = roles.fence.heardAt, now.instant - heardAt < Self.longestSilence else {
            return Self.patienceWithoutSentinels
        }
        if let told = roles.fence.toldTimes { return told.downAfter + told.failoverTimeout }
        return .milliseconds(Int64(settings.refuseLostDataTimeoutMilliseconds))
    }

    /// Begins to keep the data set, once the wait for a failover is over.
    mutating func keepDataSetIfDue() {
        guard roles.link.guardian.isPatienceOver(patience, at: now.instant) else { return }
        guard persistence.job == nil else { return }
        if let next = nextKeeping, now.instant < next { return }
        nextKeeping = now.instant + .seconds(60)
        let fileName = "kept-\(settings.port)-\(now.unix.seconds).rdb"
        log(
            .warning,
            "No failover came: the data set that the master lost is kept as \(fileName) in "
                + "\(settings.directory.text) before the master is followed.")
        beginKeeping(fileName)
    }

    /// The file is complete and on disk, or could not be written: then nothing is given up.
    mutating func dataSetWasKept(_ fileName: String, succeeded: Bool) {
        guard succeeded else {
            return log(
                .warning,
                "The data set could not be kept: the master is not followed. The next try comes "
                    + "in a minute.")
        }
        roles.link.guardian.keep()
        log(
            .warning,
            "The data set that the master lost is kept as \(fileName) in "
                + "\(settings.directory.text). To go back to it: stop all servers, put it in the "
                + "place of \(settings.dbFilename.text), and start this one as master.")
    }
}
