/// The rows of the geo commands, in the format that `CommandRows` tells.
enum GeoRows {
    static var text: StaticString {
        #"""
        GEOADD -5 3.2.0 write denyoom @geo
          key RW update at 1 range 0 1 0
          does Puts named positions into an index, or moves them.
          cost O(log(N))
          args key:key#0 [condition@6.2.0<'NX | 'XX>] ['CH:change@6.2.0] data(longitude:double
            latitude:double member)...
        GEODIST -4 3.2.0 readonly @geo
          key RO access at 1 range 0 1 0
          does Tells how far two members are apart.
          cost O(1)
          args key:key#0 member1 member2 [unit<'M | 'KM | 'FT | 'MI>]
        GEOHASH -2 3.2.0 readonly @geo
          key RO access at 1 range 0 1 0
          does Tells positions as geohash text.
          cost O(1)
          args key:key#0 [member...]
        GEOPOS -2 3.2.0 readonly @geo
          key RO access at 1 range 0 1 0
          does Tells positions as longitude and latitude.
          cost O(1)
          args key:key#0 [member...]
        GEORADIUS -6 3.2.0 write denyoom @geo
          key RO access at 1 range 0 1 0
          key OW update after STORE 6 range 0 1 0
          key OW update after STOREDIST 6 range 0 1 0
          does Finds members around a point, and may keep them.
          cost O(N+log(M))
          deprecated 6.2.0 `GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument
          args key:key#0 longitude:double latitude:double radius:double unit<'M | 'KM | 'FT | 'MI>
            ['WITHCOORD] ['WITHDIST] ['WITHHASH] [count-block('COUNT=count:integer ['ANY@6.2.0])]
            [order<'ASC | 'DESC>] [store<'STORE=storekey:key#1~key |
            'STOREDIST=storedistkey:key#2~key>]
        GEORADIUSBYMEMBER -5 3.2.0 write denyoom @geo
          key RO access at 1 range 0 1 0
          key OW update after STORE 5 range 0 1 0
          key OW update after STOREDIST 5 range 0 1 0
          does Finds members around another one, and may keep them.
          cost O(N+log(M))
          deprecated 6.2.0 `GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER`
            arguments
          args key:key#0 member radius:double unit<'M | 'KM | 'FT | 'MI> ['WITHCOORD] ['WITHDIST]
            ['WITHHASH] [count-block('COUNT=count:integer ['ANY])] [order<'ASC | 'DESC>]
            [store<'STORE=storekey:key#1~key | 'STOREDIST=storedistkey:key#2~key>]
        GEORADIUSBYMEMBER_RO -5 3.2.10 readonly @geo
          key RO access at 1 range 0 1 0
          does Finds members around another one.
          cost O(N+log(M))
          deprecated 6.2.0 `GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments
          args key:key#0 member radius:double unit<'M | 'KM | 'FT | 'MI> ['WITHCOORD] ['WITHDIST]
            ['WITHHASH] [count-block('COUNT=count:integer ['ANY])] [order<'ASC | 'DESC>]
        GEORADIUS_RO -6 3.2.10 readonly @geo
          key RO access at 1 range 0 1 0
          does Finds members around a point.
          cost O(N+log(M))
          deprecated 6.2.0 `GEOSEARCH` with the `BYRADIUS` argument
          args key:key#0 longitude:double latitude:double radius:double unit<'M | 'KM | 'FT | 'MI>
            ['WITHCOORD] ['WITHDIST] ['WITHHASH] [count-block('COUNT=count:integer ['ANY@6.2.0])]
            [order<'ASC | 'DESC>]
        GEOSEARCH -7 6.2.0 readonly @geo
          key RO access at 1 range 0 1 0
          does Finds members within a circle or box.
          cost O(N+log(M))
          args key:key#0 from<'FROMMEMBER=member | 'FROMLONLAT=fromlonlat(longitude:double
            latitude:double)> by<circle('BYRADIUS=radius:double unit<'M | 'KM | 'FT | 'MI>) |
            box('BYBOX=width:double height:double unit<'M | 'KM | 'FT | 'MI>)> [order<'ASC |
            'DESC>] [count-block('COUNT=count:integer ['ANY])] ['WITHCOORD] ['WITHDIST] ['WITHHASH]
        GEOSEARCHSTORE -8 6.2.0 write denyoom @geo
          key OW update at 1 range 0 1 0
          key RO access at 2 range 0 1 0
          does Keeps the members that are within a circle or box.
          cost O(N+log(M))
          args destination:key#0 source:key#1 from<'FROMMEMBER=member |
            'FROMLONLAT=fromlonlat(longitude:double latitude:double)>
            by<circle('BYRADIUS=radius:double unit<'M | 'KM | 'FT | 'MI>) | box('BYBOX=width:double
            height:double unit<'M | 'KM | 'FT | 'MI>)> [order<'ASC | 'DESC>]
            [count-block('COUNT=count:integer ['ANY])] ['STOREDIST]
        """#
    }
}
