/// The rows of the sorted-set commands, in the format that `CommandRows` tells.
enum SortedSetRows {
    static var text: StaticString {
        #"""
        BZMPOP -5 7.0.0 write blocking @sortedset
          key RW access delete at 2 counted 0 1 1
          does Takes members off the first sorted set that has some; waits if need be.
          cost O(K) + O(M*log(N))
          args timeout:double numkeys:integer key:key#0... where<'MIN | 'MAX>
            ['COUNT=count:integer]
        BZPOPMAX -3 5.0.0 write blocking fast @sortedset
          key RW access delete at 1 range -2 1 0
          does Takes the highest member off some sorted set; waits if need be.
          cost O(log(N))
          args key:key#0... timeout:double
        BZPOPMIN -3 5.0.0 write blocking fast @sortedset
          key RW access delete at 1 range -2 1 0
          does Takes the lowest member off some sorted set; waits if need be.
          cost O(log(N))
          args key:key#0... timeout:double
        ZADD -4 1.2.0 write denyoom fast @sortedset
          key RW update at 1 range 0 1 0
          does Puts members with scores into a sorted set, or moves them.
          cost O(log(N))
          args key:key#0 [condition@3.0.2<'NX | 'XX>] [comparison@6.2.0<'GT | 'LT>]
            ['CH:change@3.0.2] ['INCR:increment@3.0.2] data(score:double member)...
        ZCARD 2 1.2.0 readonly fast @sortedset
          key RO at 1 range 0 1 0
          does Counts the members of a sorted set.
          cost O(1)
          args key:key#0
        ZCOUNT 4 2.0.0 readonly fast @sortedset
          key RO access at 1 range 0 1 0
          does Counts members by score.
          cost O(log(N))
          args key:key#0 min:double max:double
        ZDIFF -3 6.2.0 readonly @sortedset
          key RO access at 1 counted 0 1 1
          does Lists what the first sorted set has and the others have not.
          cost O(L + (N-K)log(N))
          args numkeys:integer key:key#0... ['WITHSCORES]
        ZDIFFSTORE -4 6.2.0 write denyoom @sortedset
          key OW update at 1 range 0 1 0
          key RO access at 2 counted 0 1 1
          does Keeps what the first sorted set has and the others have not.
          cost O(L + (N-K)log(N))
          args destination:key#0 numkeys:integer key:key#1...
        ZINCRBY 4 1.2.0 write denyoom fast @sortedset
          key RW access update at 1 range 0 1 0
          does Adds to the score of a member.
          cost O(log(N))
          args key:key#0 increment:integer member
        ZINTER -3 6.2.0 readonly @sortedset
          key RO access at 1 counted 0 1 1
          does Lists what all sorted sets have.
          cost O(N*K)+O(M*log(M))
          args numkeys:integer key:key#0... ['WEIGHTS=weight:integer...] ['AGGREGATE=aggregate<'SUM
            | 'MIN | 'MAX>] ['WITHSCORES]
        ZINTERCARD -3 7.0.0 readonly @sortedset
          key RO access at 1 counted 0 1 1
          does Counts what all sorted sets have.
          cost O(N*K)
          args numkeys:integer key:key#0... ['LIMIT=limit:integer]
        ZINTERSTORE -4 2.0.0 write denyoom @sortedset
          key OW update at 1 range 0 1 0
          key RO access at 2 counted 0 1 1
          does Keeps what all sorted sets have.
          cost O(N*K)+O(M*log(M))
          args destination:key#0 numkeys:integer key:key#1... ['WEIGHTS=weight:integer...]
            ['AGGREGATE=aggregate<'SUM | 'MIN | 'MAX>]
        ZLEXCOUNT 4 2.8.9 readonly fast @sortedset
          key RO access at 1 range 0 1 0
          does Counts members by name.
          cost O(log(N))
          args key:key#0 min max
        ZMPOP -4 7.0.0 write @sortedset
          key RW access delete at 1 counted 0 1 1
          does Takes members off the first sorted set that has some, at either end.
          cost O(K) + O(M*log(N))
          args numkeys:integer key:key#0... where<'MIN | 'MAX> ['COUNT=count:integer]
        ZMSCORE -3 6.2.0 readonly fast @sortedset
          key RO access at 1 range 0 1 0
          does Tells the scores of several members.
          cost O(N)
          args key:key#0 member...
        ZPOPMAX -2 5.0.0 write fast @sortedset
          key RW access delete at 1 range 0 1 0
          does Takes the highest members off a sorted set.
          cost O(log(N)*M)
          args key:key#0 [count:integer]
        ZPOPMIN -2 5.0.0 write fast @sortedset
          key RW access delete at 1 range 0 1 0
          does Takes the lowest members off a sorted set.
          cost O(log(N)*M)
          args key:key#0 [count:integer]
        ZRANDMEMBER -2 6.2.0 readonly @sortedset
          key RO access at 1 range 0 1 0
          does Picks members of a sorted set by chance.
          cost O(N)
          tips nondeterministic_output
          args key:key#0 [options(count:integer ['WITHSCORES])]
        ZRANGE -4 1.2.0 readonly @sortedset
          key RO access at 1 range 0 1 0
          does Lists members by rank, score or name.
          cost O(log(N)+M)
          args key:key#0 start stop [sortby@6.2.0<'BYSCORE | 'BYLEX>] ['REV@6.2.0]
            ['LIMIT=limit@6.2.0(offset:integer count:integer)] ['WITHSCORES]
        ZRANGEBYLEX -4 2.8.9 readonly @sortedset
          key RO access at 1 range 0 1 0
          does Lists members by name, lowest first.
          cost O(log(N)+M)
          deprecated 6.2.0 `ZRANGE` with the `BYLEX` argument
          args key:key#0 min max ['LIMIT=limit(offset:integer count:integer)]
        ZRANGEBYSCORE -4 1.0.5 readonly @sortedset
          key RO access at 1 range 0 1 0
          does Lists members by score, lowest first.
          cost O(log(N)+M)
          deprecated 6.2.0 `ZRANGE` with the `BYSCORE` argument
          args key:key#0 min:double max:double ['WITHSCORES@2.0.0] ['LIMIT=limit(offset:integer
            count:integer)]
        ZRANGESTORE -5 6.2.0 write denyoom @sortedset
          key OW update at 1 range 0 1 0
          key RO access at 2 range 0 1 0
          does Keeps members chosen by rank, score or name.
          cost O(log(N)+M)
          args dst:key#0 src:key#1 min max [sortby<'BYSCORE | 'BYLEX>] ['REV]
            ['LIMIT=limit(offset:integer count:integer)]
        ZRANK -3 2.0.0 readonly fast @sortedset
          key RO access at 1 range 0 1 0
          does Tells how many members stand below one.
          cost O(log(N))
          args key:key#0 member ['WITHSCORE]
        ZREM -3 1.2.0 write fast @sortedset
          key RW delete at 1 range 0 1 0
          does Takes members out of a sorted set.
          cost O(M*log(N))
          args key:key#0 member...
        ZREMRANGEBYLEX 4 2.8.9 write @sortedset
          key RW delete at 1 range 0 1 0
          does Takes members out by name.
          cost O(log(N)+M)
          args key:key#0 min max
        ZREMRANGEBYRANK 4 2.0.0 write @sortedset
          key RW delete at 1 range 0 1 0
          does Takes members out by rank.
          cost O(log(N)+M)
          args key:key#0 start:integer stop:integer
        ZREMRANGEBYSCORE 4 1.2.0 write @sortedset
          key RW delete at 1 range 0 1 0
          does Takes members out by score.
          cost O(log(N)+M)
          args key:key#0 min:double max:double
        ZREVRANGE -4 1.2.0 readonly @sortedset
          key RO access at 1 range 0 1 0
          does Lists members by rank, highest first.
          cost O(log(N)+M)
          deprecated 6.2.0 `ZRANGE` with the `REV` argument
          args key:key#0 start:integer stop:integer ['WITHSCORES]
        ZREVRANGEBYLEX -4 2.8.9 readonly @sortedset
          key RO access at 1 range 0 1 0
          does Lists members by name, highest first.
          cost O(log(N)+M)
          deprecated 6.2.0 `ZRANGE` with the `REV` and `BYLEX` arguments
          args key:key#0 max min ['LIMIT=limit(offset:integer count:integer)]
        ZREVRANGEBYSCORE -4 2.2.0 readonly @sortedset
          key RO access at 1 range 0 1 0
          does Lists members by score, highest first.
          cost O(log(N)+M)
          deprecated 6.2.0 `ZRANGE` with the `REV` and `BYSCORE` arguments
          args key:key#0 max:double min:double ['WITHSCORES] ['LIMIT=limit(offset:integer
            count:integer)]
        ZREVRANK -3 2.0.0 readonly fast @sortedset
          key RO access at 1 range 0 1 0
          does Tells how many members stand above one.
          cost O(log(N))
          args key:key#0 member ['WITHSCORE]
        ZSCAN -3 2.8.0 readonly @sortedset
          key RO access at 1 range 0 1 0
          does Walks over the members of a sorted set bit by bit.
          cost O(1)
          tips nondeterministic_output
          args key:key#0 cursor:integer ['MATCH=pattern:pattern] ['COUNT=count:integer]
        ZSCORE 3 1.2.0 readonly fast @sortedset
          key RO access at 1 range 0 1 0
          does Tells the score of a member.
          cost O(1)
          args key:key#0 member
        ZUNION -3 6.2.0 readonly @sortedset
          key RO access at 1 counted 0 1 1
          does Lists what any of the sorted sets has.
          cost O(N)+O(M*log(M))
          args numkeys:integer key:key#0... ['WEIGHTS=weight:integer...] ['AGGREGATE=aggregate<'SUM
            | 'MIN | 'MAX>] ['WITHSCORES]
        ZUNIONSTORE -4 2.0.0 write denyoom @sortedset
          key OW update at 1 range 0 1 0
          key RO access at 2 counted 0 1 1
          does Keeps what any of the sorted sets has.
          cost O(N)+O(M log(M))
          args destination:key#0 numkeys:integer key:key#1... ['WEIGHTS=weight:integer...]
            ['AGGREGATE=aggregate<'SUM | 'MIN | 'MAX>]
        """#
    }
}
