import Bytes
import Testing

@Suite struct `Networks` {
    private func address(_ text: String) -> InternetAddress? {
        InternetAddress(ByteString(text).bytes.span)
    }

    private func network(_ text: String) -> NetworkRange? {
        NetworkRange(ByteString(text).bytes.span)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false),
        ("172.16.0.0/12", "172.31.255.255", true), ("172.16.0.0/12", "172.32.0.0", false),
        ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
        ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false),
        ("fc00::/7", "fd12:3456::1", true), ("fc00::/7", "fe80::1", false),
        ("2001:db8:0:0:8000::/65", "2001:db8::8000:0:0:1", true),
        ("2001:db8:0:0:8000::/65", "2001:db8::1", false), ("::/0", "10.0.0.1", true),
        ("10.0.0.0/8", "::ffff:10.1.2.3", true),
    ])
    func `hold the addresses that begin as they do`(
        _ range: String, _ member: String, _ isMember: Bool
    ) throws {
        let network = try #require(self.network(range))
        #expect(network.contains(try #require(self.address(member))) == isMember)
    }

    @Test(arguments: [
        "", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.1/8", "10.0.0/8", "fc00::/129",
        "fc00::1/7", "host/8", "10.0.0.0/8/8", "fe80::1%eth0",
    ])
    func `that are none are refused`(_ text: String) {
        #expect(network(text) == nil)
    }
}
