import Bytes
import CommandLineClient
import Glibc

/// `rds-cli ha ...`: the sockets, files and streams of what GroupDiscovery and Formation decide.
struct GroupCommand {
    private let options: GroupOptions
    private let serverLogin: MemberLogin
    private let sentinelLogin: MemberLogin

    /// Does what the words after `ha` ask for; returns the exit status.
    static func run(_ client: ClientOptions) -> Int32 {
        switch GroupOptions.parse(Array(client.arguments.dropFirst()), after: client) {
        case .showUsage:
            Streams.write(GroupUsage.text)
            return 0
        case .failure(let text):
            Streams.warn(text)
            return GroupOptions.usageStatus
        case .run(let options):
            guard let command = GroupCommand(options, client) else {
                return GroupOptions.usageStatus
            }
            return options.action == .form ? command.form() : command.showStatus()
        }
    }

    /// Reads the files of passwords; nil, and the reason printed, when that fails.
    private init?(_ options: GroupOptions, _ client: ClientOptions) {
        self.options = options
        var password = client.password
        if let path = options.passwordFile {
            guard let content = Self.password(in: path) else { return nil }
            password = content
        }
        serverLogin = MemberLogin(user: client.user, password: password)
        if let path = options.sentinelPasswordFile {
            guard let content = Self.password(in: path) else { return nil }
            sentinelLogin = MemberLogin(user: nil, password: content)
        } else {
            sentinelLogin = serverLogin
        }
    }

    /// The first line of a file; nil, and the reason printed, when there is none.
    private static func password(in path: String) -> ByteString? {
        guard let content = DotFile.content(of: path) else {
            Streams.warn("Cannot read the password file \(path): \(Streams.text(ofError: errno))")
            return nil
        }
        let line = content.prefix { $0 != 0x0a && $0 != 0x0d }
        guard !line.isEmpty else {
            Streams.warn("The first line of the password file \(path) is empty")
            return nil
        }
        return ByteString(Array(line))
    }

    /// Asks members, all at the same time.
    private func observe(
        _ name: String?, _ servers: [MemberAddress], _ sentinels: [MemberAddress],
        _ timeoutMilliseconds: Int
    ) -> GroupObservation {
        let answers = Inquiries.ask(
            sentinels.map { ($0, sentinelLogin.sentinelQuestions(name)) }
                + servers.map { ($0, serverLogin.serverQuestions) },
            timeoutMilliseconds: timeoutMilliseconds)
        var observation = GroupObservation(name: name)
        for (index, address) in sentinels.enumerated() {
            observation.sentinels[address] = sentinelLogin.sentinel(answers[index])
        }
        for (index, address) in servers.enumerated() {
            observation.servers[address] = serverLogin.server(answers[sentinels.count + index])
        }
        return observation
    }

    // MARK: init

    /// How long a member may take to answer while a group is made.
    private static let answerMilliseconds = 3000

    private func form() -> Int32 {
        guard serverLogin.user == nil else {
            Streams.warn("ha init speaks as the default user: leave out --user")
            return GroupOptions.usageStatus
        }
        guard let hosts = numericHosts() else { return GroupHealth.State.down.exitStatus }
        var formation = Formation(
            FormationRequest(options, hosts: hosts, password: serverLogin.password))
        while true {
            let step = formation.next(at: Clock.milliseconds)
            Streams.write(formation.takeOutput())
            switch step {
            case .ask(let servers, let sentinels):
                let observation = observe(
                    options.name, servers, sentinels, Self.answerMilliseconds)
                formation.take(observation, at: Clock.milliseconds)
            case .confirm:
                formation.confirm(options.isConfirmed || askWhether("Go on? [y/N] "))
            case .order(let orders):
                formation.take(send(orders))
            case .pause(let milliseconds):
                _ = usleep(useconds_t(milliseconds * 1000))
            case .end(let status):
                return status
            }
        }
    }

    /// Yes where nobody sits at a terminal.
    private func askWhether(_ question: String) -> Bool {
        guard Terminal.isInput else { return true }
        Streams.write(question)
        let answer = readLine()?.lowercased() ?? ""
        return answer == "y" || answer == "yes"
    }

    /// Sends orders; the answers are without those to AUTH.
    private func send(_ orders: [MemberOrder]) -> [MemberAnswer] {
        let requests = orders.map { order in
            let login = order.isForSentinel ? sentinelLogin : serverLogin
            return (address: order.address, commands: login.words + order.commands)
        }
        let answers = Inquiries.ask(requests, timeoutMilliseconds: Self.answerMilliseconds)
        return zip(orders, answers).map { order, answer in
            let login = order.isForSentinel ? sentinelLogin : serverLogin
            return MemberAnswer(
                replies: Array(answer.replies.dropFirst(login.words.count)),
                failure: answer.failure)
        }
    }

    /// The hosts by their numbers, which is how sentinels name members; nil when one is unknown.
    private func numericHosts() -> [GroupHost]? {
        var hosts: [GroupHost] = []
        for host in options.hosts {
            do throws(ServerConnection.Failure) {
                let places = try SocketOpening.places(host: host.host, port: host.serverPort)
                var numeric = host
                numeric.host = places.first?.numericHost ?? host.host
                if numeric.host != host.host { Streams.write("\(host.host) is \(numeric.host)\n") }
                hosts.append(numeric)
            } catch {
                Streams.warn("The host \(host.host) is not known: \(error.text)")
                return nil
            }
        }
        return hosts
    }

    // MARK: status

    private func showStatus() -> Int32 {
        var discovery = GroupDiscovery(from: options.sentinel, name: options.name)
        let timeout = options.timeoutMilliseconds ?? 2000
        while true {
            let round = discovery.next
            if round.isEmpty { break }
            let observed = observe(
                discovery.observation.name, round.servers, round.sentinels, timeout)
            for (address, finding) in observed.sentinels {
                discovery.take(finding, ofSentinel: address)
            }
            for (address, finding) in observed.servers {
                discovery.take(finding, ofServer: address)
            }
        }
        if let failure = discovery.failure {
            if options.isJSON { Streams.write(GroupStatusJSON.text(failure)) }
            Streams.warn(failure.text)
            return GroupHealth.State.down.exitStatus
        }
        let observation = discovery.result
        Streams.write(
            options.isJSON
                ? GroupStatusJSON(observation).text : GroupStatusText(observation).text)
        return GroupHealth(observation).state.exitStatus
    }
}
