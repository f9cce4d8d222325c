import Bytes
import Determinism
import Protocol

extension Sentinel {
    /// Takes what came on a link to where it is waited for.
    mutating func receive(_ reply: ReplyValue, on id: LinkID) {
        guard let owner = owners[id], let place = place(of: owner) else { return }
        let link = self[link: place]
        // A hello changes nothing but what it tells, and that touches its master by itself.
        if link.events?.id == id {
            receiveMessage(reply, place)
            return
        }
        guard link.commands?.id == id else {
            if case .sentinel = place { return }
            return touch(place)
        }
        // That a hello was taken changes nothing either: the next one is scheduled with it.
        if case .integer = reply, case .publication(let master) = link.awaited.first {
            link.awaited.removeFirst()
            receivePublication(reply, place, master: master)
            return
        }
        if case .sentinel = place {} else { touch(place) }
        if reply.isPush {
            if reply.elements?.first?.bytes == "goodbye" { receiveGoodbye(place) }
            return
        }
        guard !link.awaited.isEmpty else { return }
        let answered = link.awaited.removeFirst()
        if case .sentinel(let sentinel) = place { touchConcerned(answered, sentinel) }
        switch answered {
        case .ping: receivePong(reply, place)
        case .information: receiveInformation(reply, place)
        case .publication(let master): receivePublication(reply, place, master: master)
        case .downOpinion(let master, let votedEpoch):
            if case .sentinel(let sentinel) = place {
                receiveOpinion(reply, from: sentinel, master: master, votedEpoch: votedEpoch)
            }
        case .preVote(let master):
            if case .sentinel(let sentinel) = place {
                receivePreVote(reply, from: sentinel, master: master)
            }
        case .minimumReplicas: receiveMinimumReplicas(reply, place)
        case .priority: receivePriority(reply, place)
        case .masterAddress(let master):
            if case .sentinel(let sentinel) = place {
                receiveMasterAddress(reply, from: sentinel, master: master)
            }
        case .capabilities: receiveCapabilities(reply, place)
        case .epochs(let master):
            if case .sentinel(let sentinel) = place {
                receiveEpochs(reply, from: sentinel, master: master)
            }
        case .masterFields(let master):
            if case .sentinel(let sentinel) = place {
                receiveMasterFields(reply, from: sentinel, master: master)
            }
        case .linkReport: receiveLinkReport(reply, place)
        case .promotion: receivePromotion(reply, place)
        case .switchover(let order, let epoch):
            receiveSwitchover(reply, place, order, epoch: epoch)
        case .handoverWish: receiveHandoverWish(reply, place)
        case .nothing: break
        }
    }

    /// A sentinel's link serves hundreds of masters: only those look that a reply concerns.
    private mutating func touchConcerned(_ answered: AwaitedReply, _ sentinel: SentinelNode) {
        switch answered {
        case .ping: touchDoubters(sentinel)
        case .publication(let number), .downOpinion(let number, _), .preVote(let number),
            .masterAddress(let number), .epochs(let number), .masterFields(let number):
            if let index = masterIndex(number: number) { touch(index) }
        case .capabilities: touch(.sentinel(sentinel))
        case .information, .linkReport, .minimumReplicas, .priority, .promotion, .switchover,
            .handoverWish,
            .nothing:
            break
        }
    }

    /// A message on the hello channel; our own come back to us, which shows that the link works.
    private mutating func receiveMessage(_ reply: ReplyValue, _ place: Place) {
        let link = self[link: place]
        link.lastMessage = now
        if link.greetingReplies > 0 {
            link.greetingReplies -= 1
            return
        }
        if case .error(let text) = reply {
            // Without hellos the node counts as disconnected; the next attempt may succeed.
            let name = address(of: place).name
            logSeldom(.warning, "\(name) refuses the subscription to hellos: \(text)", about: name)
            disconnectEvents(place)
            touch(place)
            return
        }
        guard let parts = reply.elements, parts.count == 3,
            case .bulk("message") = parts[0], case .bulk(let text) = parts[2]
        else { return }
        if parts[1].bytes == Sentinel.handoverChannel { return handoverAsked(place) }
        // That our own came back is all that it says.
        if HelloMessage.isHello(text.bytes.span, of: identity.bytes.span) { return }
        receiveHello(text, from: place)
    }
}

extension ReplyValue {
    /// More words than this are no description of a node.
    private static let fieldLimit = 128

    /// Names and values as RESP2 lays them out in a row, or a map has them; nil for anything else.
    var fields: [ByteString: ReplyValue]? {
        var fields: [ByteString: ReplyValue] = [:]
        if case .map(let pairs) = self, pairs.count <= ReplyValue.fieldLimit / 2 {
            for pair in pairs { if let name = pair.key.bytes { fields[name] = pair.value } }
            return fields
        }
        guard let words = elements, words.count <= ReplyValue.fieldLimit else { return nil }
        for position in stride(from: 0, to: words.count - 1, by: 2) {
            if let name = words[position].bytes { fields[name] = words[position + 1] }
        }
        return fields
    }
}
