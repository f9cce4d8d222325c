import CommandCatalog
import Server
import Testing

/// Commands that the table describes and this version does not run.
///
/// Whoever implements one takes it out of this list; nothing else may be missing. (MODULE LOAD,
/// LOADEX and UNLOAD are refused before, by `enable-module-command`.)
private let unavailable = Set(
    """
    acl|cat acl|deluser acl|dryrun acl|genpass acl|getuser acl|help acl|list acl|load acl|log
    acl|save acl|setuser acl|users acl|whoami asking bgrewriteaof bitcount bitfield bitfield_ro
    bitop bitpos blmove blmpop blpop brpop brpoplpush bzmpop bzpopmax bzpopmin cluster|addslots
    cluster|addslotsrange cluster|bumpepoch cluster|count-failure-reports
    cluster|countkeysinslot cluster|delslots cluster|delslotsrange cluster|failover
    cluster|flushslots cluster|forget cluster|getkeysinslot cluster|help cluster|info
    cluster|keyslot cluster|links cluster|meet cluster|myid cluster|myshardid cluster|nodes
    cluster|replicas cluster|replicate cluster|reset cluster|saveconfig cluster|set-config-epoch
    cluster|setslot cluster|shards cluster|slaves cluster|slot-stats cluster|slots dump eval
    eval_ro evalsha evalsha_ro fcall fcall_ro function|delete function|dump
    function|flush function|help function|kill function|list function|load function|restore
    function|stats geoadd geodist geohash geopos georadius georadius_ro georadiusbymember
    georadiusbymember_ro geosearch geosearchstore getbit hdel hexists hget hgetall hincrby
    hincrbyfloat hkeys hlen hmget hmset hrandfield hscan hset hsetnx hstrlen hvals
    latency|doctor latency|graph latency|help latency|history latency|latest
    latency|reset lindex linsert llen lmove lmpop lolwut lpop lpos lpush lpushx lrange lrem lset
    ltrim memory|doctor memory|help memory|malloc-stats memory|purge memory|stats memory|usage
    migrate module|help module|list pfadd pfcount pfdebug pfmerge pfselftest readonly readwrite
    restore restore-asking rpop rpoplpush rpush rpushx sadd scard script|debug script|exists
    script|flush script|help script|kill script|load script|show sdiff sdiffstore setbit sinter
    sintercard sinterstore sismember slowlog|get slowlog|help slowlog|len slowlog|reset smembers
    smismember smove sort sort_ro spop srandmember srem sscan sunion sunionstore xack
    xadd xautoclaim xclaim xdel xgroup|create xgroup|createconsumer xgroup|delconsumer
    xgroup|destroy xgroup|help xgroup|setid xinfo|consumers xinfo|groups xinfo|help xinfo|stream
    xlen xpending xrange xread xreadgroup xrevrange xsetid xtrim zadd zcard zcount zdiff
    zdiffstore zincrby zinter zintercard zinterstore zlexcount zmpop zmscore zpopmax zpopmin
    zrandmember zrange zrangebylex zrangebyscore zrangestore zrank zrem zremrangebylex
    zremrangebyrank zremrangebyscore zrevrange zrevrangebylex zrevrangebyscore zrevrank zscan
    zscore zunion zunionstore
    """.split { $0 == " " || $0 == "\n" }.map(String.init))

/// What a server answers to the command with as few arguments as it takes.
private func answer(to command: CommandID, _ table: CommandTable) -> String {
    var words = table.fullName(command).split(separator: "|").map(String.init)
    let arity = Int(table.traits(command).arity.magnitude)
    while words.count < arity { words.append("1") }
    var running = RunningServer()
    running.send(words)
    return running.takeReply()
}

@Suite struct `Commands that come later` {
    @Test func `exactly these are answered by a plain error`() {
        let table = CommandTable(for: .server)
        var found: Set<String> = []
        for container in table.commands {
            let subcommands = table.subcommands(of: container)
            for command in subcommands.isEmpty ? [container] : subcommands {
                let reply = answer(to: command, table)
                if reply.hasSuffix("is not available in this version of rds\r\n") {
                    found.insert(table.fullName(command))
                    #expect(
                        reply
                            == "-ERR command '\(table.fullName(command))' is not available in this "
                            + "version of rds\r\n")
                }
            }
        }
        let missing = found.subtracting(unavailable).sorted().joined(separator: " ")
        #expect(missing.isEmpty, "not run, and not in the list: \(missing)")
        let implemented = unavailable.subtracting(found).sorted().joined(separator: " ")
        #expect(implemented.isEmpty, "in the list although they run: \(implemented)")
    }
}
