/// What a kind of event means to whoever reads the journal: one row an event.
///
/// The journal's catalog (`systemd/rds.catalog`) is made of these rows; a test holds the two
/// together. An identifier never changes: people search for it.
public struct EventMessage: Sendable {
    /// The event's name with its sign.
    public let event: String
    /// `MESSAGE_ID`: 32 hexadecimal digits.
    public let identifier: String
    /// What happened, in a few words.
    public let subject: String
    /// What it means.
    public let meaning: String
    /// What to do about it.
    public let remedy: String

    /// The row of an event, if it has one.
    public static func of(_ event: String) -> EventMessage? { byName[event] }

    /// The catalog's text, in the format of journald's message catalogs.
    public static var catalog: String {
        var text = ""
        for message in all {
            text += "-- \(message.identifier)\nSubject: \(message.subject)\n"
            text += "Defined-By: rds\nDocumentation: man:rds-sentinel(1)\n\n"
            text += "\(message.event) @RDS_MASTER_NAME@ @RDS_ADDRESS@\n\n"
            text += "\(message.meaning)\n\nWhat to do: \(message.remedy)\n\n"
        }
        return text
    }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.event, $0) })

    /// Every event that the catalog explains.
    public static let all: [EventMessage] = [
        EventMessage(
            event: "+monitor", identifier: "6de08a6b6ba54f96bc067294225adf44",
            subject: "A master is watched",
            meaning: "This sentinel now watches the master of this name.",
            remedy: "Nothing, if this was asked for."
        ),
        EventMessage(
            event: "-monitor", identifier: "0284fcf8608a4a6a886ab3f27c4c5684",
            subject: "A master is no longer watched",
            meaning: "SENTINEL REMOVE was called for the master of this name.",
            remedy: "Tell the other sentinels too, or they go on watching it."
        ),
        EventMessage(
            event: "+sdown", identifier: "baf11f87bca34f29872a43930d82e579",
            subject: "A node does not answer this sentinel",
            meaning: "The node gave no valid answer for down-after-milliseconds, or it refused "
                + "a connection. This is the view of one sentinel: nothing is decided by "
                + "it.",
            remedy: "See whether its host and its service are up: systemctl status "
                + "rds-server, and the log of the node."
        ),
        EventMessage(
            event: "-sdown", identifier: "5d3c69cf0d764cbab3af239d9106efc1",
            subject: "A node answers this sentinel again",
            meaning: "The node is reachable from this sentinel again.",
            remedy: "Nothing."
        ),
        EventMessage(
            event: "+odown", identifier: "09862b91834e4890ba085562c13cc232",
            subject: "A quorum agrees that the master is down",
            meaning: "As many sentinels as the quorum says found the master unreachable. A "
                + "failover follows if a majority of the sentinels can elect a leader.",
            remedy: "Watch for +switch-master. If it does not come, SENTINEL CKQUORUM says "
                + "what is missing."
        ),
        EventMessage(
            event: "-odown", identifier: "aafe06030f24474ea67c54ea2e94e95d",
            subject: "The master is no longer agreed to be down",
            meaning: "Fewer sentinels than the quorum find the master unreachable.",
            remedy: "Nothing."
        ),
        EventMessage(
            event: "+try-failover", identifier: "28f46b135cba4defba3d46fe1104fc46",
            subject: "A failover begins",
            meaning: "This sentinel stands for election to replace the master.",
            remedy: "Nothing."
        ),
        EventMessage(
            event: "+elected-leader", identifier: "78493569ed124f548d0162a143e48e66",
            subject: "This sentinel leads the failover",
            meaning: "A majority of the sentinels voted for this one.",
            remedy: "Nothing."
        ),
        EventMessage(
            event: "+selected-slave", identifier: "e2ffe47233b24e4e8ec1428deaa6e8b4",
            subject: "A replica was chosen",
            meaning: "It becomes the new master next. SENTINEL TIMELINE says why it was chosen "
                + "and the others were not.",
            remedy: "Nothing."
        ),
        EventMessage(
            event: "+promoted-slave", identifier: "79f06b7be74e4818a8d9b09840b2c2ce",
            subject: "The chosen replica is a master now",
            meaning: "It confirmed its promotion and accepts writes.",
            remedy: "Nothing."
        ),
        EventMessage(
            event: "+switch-master", identifier: "32e673e79f69477f9c117307bf710c55",
            subject: "The master has changed",
            meaning: "Clients that ask the sentinels are given the new address. The old master "
                + "is made a replica as soon as it is back.",
            remedy: "See that every client follows, and why the old master was replaced: "
                + "SENTINEL TIMELINE."
        ),
        EventMessage(
            event: "+failover-end", identifier: "d17eb5a6272a4bd280b4943f29fb3a5b",
            subject: "A failover is complete",
            meaning: "Every replica that could be reached follows the new master.",
            remedy: "Nothing."
        ),
        EventMessage(
            event: "+failover-timeline", identifier: "6cfe97981a7a4696adb87ded91248e56",
            subject: "What a failover took",
            meaning: "The parts of a failover as this sentinel saw it, with their times, and why "
                + "each replica was chosen or not. SENTINEL TIMELINE shows the last ones.",
            remedy: "Nothing."
        ),
        EventMessage(
            event: "+failover-end-for-timeout", identifier: "cba5cc769a9347a785e2edd72dd68840",
            subject: "A failover ended with replicas missing",
            meaning: "Not every replica followed the new master within failover-timeout. They "
                + "are told again as soon as they are reached.",
            remedy: "Look at the replicas that are down."
        ),
        EventMessage(
            event: "-failover-abort-not-elected", identifier: "7bf1e0b757f4472ca27bad60c323e6d8",
            subject: "A failover was given up: no leader",
            meaning: "Not enough sentinels voted for this one in time: another leads, or a "
                + "majority cannot be reached.",
            remedy: "If no failover follows, SENTINEL CKQUORUM says what is missing."
        ),
        EventMessage(
            event: "-failover-abort-no-good-slave", identifier: "aaed78756c5142b892d2aed52cd4c151",
            subject: "A failover was given up: no replica can be promoted",
            meaning: "No replica was connected, synchronised and allowed (replica-priority "
                + "above 0). The group has no master until one is.",
            remedy: "Bring a replica that has the data back, or bring the master back."
        ),
        EventMessage(
            event: "-failover-abort-slave-timeout", identifier: "a38847aca7d4456280eb13a83013bfb5",
            subject: "A failover was given up: the replica did not obey",
            meaning: "The chosen replica was not promoted in time. Another attempt follows.",
            remedy: "Look at that replica."
        ),
        EventMessage(
            event: "+config-update-from", identifier: "c7402ca9b7754f8ca85bc4ec75dd67a5",
            subject: "Another sentinel changed the configuration",
            meaning: "A newer configuration, won by the election of another sentinel, was "
                + "adopted.",
            remedy: "Nothing."
        ),
        EventMessage(
            event: "+convert-to-slave", identifier: "bdb54fda59dd401aab3af05b2730e096",
            subject: "A server is made a replica",
            meaning: "A server said it was a master while the group has another: it is told to "
                + "follow that one.",
            remedy: "Nothing: this is how an old master returns."
        ),
        EventMessage(
            event: "+fix-slave-config", identifier: "d4a1137e82c947eeb93a2cbda61462d1",
            subject: "A replica is told whom to follow",
            meaning: "A replica followed another address than that of the master.",
            remedy: "If somebody re-pointed it on purpose, use SENTINEL FAILOVER instead."
        ),
        EventMessage(
            event: "+slave", identifier: "bfd1ae16a1374f4b93ee0bf1023cd02c",
            subject: "A replica was found",
            meaning: "The master named a replica that was not known yet.",
            remedy: "Nothing."
        ),
        EventMessage(
            event: "+sentinel", identifier: "695f6e72f46d4a50b8d5f3d9e44e70d1",
            subject: "Another sentinel was found",
            meaning: "A sentinel that watches the same master announced itself.",
            remedy: "If it is unknown to you, see who may reach the servers."
        ),
        EventMessage(
            event: "+reboot", identifier: "f2d52208874c4bd9b3aa3bd0c8a1ff5a",
            subject: "A node was started again",
            meaning: "Its run id changed.",
            remedy: "Nothing, if this was meant."
        ),
        EventMessage(
            event: "+tilt", identifier: "88537f461106426a910e5125fcb3722f",
            subject: "This sentinel stood still",
            meaning: "Its loop stalled, so what it measured is not to be trusted: it goes on "
                + "watching and acts on nothing for a while.",
            remedy: "See whether the host is overloaded or was suspended."
        ),
        EventMessage(
            event: "-tilt", identifier: "63c258cbfee747beb3b06e3299a4d4ed",
            subject: "This sentinel acts again",
            meaning: "The time of caution after a stall is over.",
            remedy: "Nothing."
        ),
        EventMessage(
            event: "-script-error", identifier: "f2bd057bb7684cef929449120ee0b18a",
            subject: "A script failed",
            meaning: "A notification or reconfiguration script failed for good; it is not "
                + "called again for this event.",
            remedy: "Run the script by hand with the arguments that the line names."
        ),
        EventMessage(
            event: "-script-timeout", identifier: "95c816bbd4d94abc80e4fb5fa39e1677",
            subject: "A script took too long",
            meaning: "It was ended after its time had run out.",
            remedy: "Make the script faster, or have it work in the background."
        ),
        EventMessage(
            event: "+failover-state-select-slave", identifier: "023f9faa47c8446282b5b8e5378aa015",
            subject: "A failover looks for a replica",
            meaning: "The leader, or an operator's order, has begun: the replicas are "
                + "compared.",
            remedy: "Nothing."
        ),
        EventMessage(
            event: "+failover-state-send-slaveof-noone",
            identifier: "72a23ba6b7e64b5b928cda5c55e31c74",
            subject: "A replica is about to be promoted",
            meaning: "The chosen replica is told to become the master.",
            remedy: "Nothing."
        ),
        EventMessage(
            event: "+failover-state-wait-promotion", identifier: "8fb6c8861ea34d179cac4e5ca5a775c4",
            subject: "A promotion was ordered",
            meaning: "The chosen replica was told; its answer is waited for.",
            remedy: "Nothing. -failover-abort-slave-timeout says if it does not come."
        ),
        EventMessage(
            event: "+failover-state-reconf-slaves", identifier: "2a989ba5a3d149978d05c86082f7a67e",
            subject: "The other replicas are told of the new master",
            meaning: "As many at a time as parallel-syncs says.",
            remedy: "Nothing."
        ),
        EventMessage(
            event: "+slave-reconf-sent", identifier: "46a8ed907a2a4425a77dbc183b65cc7b",
            subject: "A replica was told to follow the new master",
            meaning: "It has the order and has not carried it out yet.",
            remedy: "Nothing."
        ),
        EventMessage(
            event: "+slave-reconf-inprog", identifier: "dd8c49ff49b44d359047b298cabf3418",
            subject: "A replica synchronises with the new master",
            meaning: "It follows the new master, and its data are not complete yet.",
            remedy: "Nothing."
        ),
        EventMessage(
            event: "+slave-reconf-done", identifier: "5a1953a3a8564f1785ab84f175e08215",
            subject: "A replica follows the new master",
            meaning: "It is synchronised with it.",
            remedy: "Nothing."
        ),
        EventMessage(
            event: "-slave-reconf-sent-timeout", identifier: "e33e3b8f3b844c0386fd6c87b39e2ac6",
            subject: "A replica did not carry out its order",
            meaning: "It was told to follow the new master and does not say so. The failover "
                + "goes on without it.",
            remedy: "Look at that replica."
        ),
        EventMessage(
            event: "+slave-reconf-sent-be", identifier: "5e0de35d2fb24841accc998474bf3a11",
            subject: "A replica was told once more",
            meaning: "The failover ends without it: it was told to follow the new master, "
                + "and is not waited for.",
            remedy: "Look at that replica."
        ),
        EventMessage(
            event: "+new-epoch", identifier: "be2da0cc0d78425b814eacbc3bf90ede",
            subject: "A new epoch began",
            meaning: "Somebody stands for election, or another sentinel is ahead: epochs "
                + "number the elections.",
            remedy: "Nothing. Many in a row without +switch-master: SENTINEL CKQUORUM says "
                + "what is missing."
        ),
        EventMessage(
            event: "+vote-for-leader", identifier: "89806cfdad19405999aa57038e22779d",
            subject: "This sentinel voted",
            meaning: "It gave its only vote of this epoch to the sentinel with this id.",
            remedy: "Nothing."
        ),
        EventMessage(
            event: "+reset-master", identifier: "55a7f2798063411b8dbbc45774b2e499",
            subject: "A master was reset",
            meaning: "SENTINEL RESET forgot its replicas and the other sentinels; both are "
                + "found anew.",
            remedy: "Nothing, if this was asked for."
        ),
        EventMessage(
            event: "+set", identifier: "e36fdc2bec4d4784a2b6b78a8459c767",
            subject: "A setting was changed",
            meaning: "SENTINEL SET, or a reload of the configuration, changed it for this "
                + "master.",
            remedy: "Nothing, if this was asked for. The other sentinels are not told: "
                + "change them too."
        ),
        EventMessage(
            event: "+role-change", identifier: "ee452782d36247a6914798be73f52958",
            subject: "A node has the role that is expected again",
            meaning: "It says in INFO what the group's configuration says.",
            remedy: "Nothing."
        ),
        EventMessage(
            event: "-role-change", identifier: "7c927f24dfda47f490fc6cc54b030a4e",
            subject: "A node has another role than expected",
            meaning: "A master says that it is a replica, or the other way round. It is put "
                + "right if it does not change by itself.",
            remedy: "If somebody re-pointed it on purpose, use SENTINEL FAILOVER instead."
        ),
        EventMessage(
            event: "+sentinel-address-switch", identifier: "886549111b95457c875be8edf6e834dd",
            subject: "A sentinel has moved",
            meaning: "A known sentinel announced itself from another address.",
            remedy: "Nothing, if its host has a new address."
        ),
        EventMessage(
            event: "+sentinel-address-update", identifier: "32ebfcb01103460e9d4ebb1b42ddbc2c",
            subject: "The address of a sentinel was taken over for other masters",
            meaning: "It moved, and is known to more than one of the groups here.",
            remedy: "Nothing."
        ),
        EventMessage(
            event: "+sentinel-invalid-addr", identifier: "6fa7e178043e4f6a928ba2e8c43cbadf",
            subject: "Two sentinels claim the same address",
            meaning: "The one that was known there is forgotten until it announces itself "
                + "anew.",
            remedy: "See whether two sentinels have the same sentinel announce-ip and "
                + "announce-port."
        ),
        EventMessage(
            event: "-cmd-link-reconnection", identifier: "5628b5d3928e4a2297333a88e370d518",
            subject: "A link is opened anew",
            meaning: "The connection for commands to this node broke or could not be opened.",
            remedy: "Nothing, unless +sdown follows."
        ),
        EventMessage(
            event: "-pubsub-link-reconnection", identifier: "38b5c13948f3449ba263aaac31072a3c",
            subject: "A link for news is opened anew",
            meaning: "The connection over which this node's announcements come broke or "
                + "could not be opened.",
            remedy: "Nothing, unless +sdown follows."
        ),
    ]
}
