import Bytes
import Sessions
import Testing

@Suite struct `Access control` {
    private func accepts(_ password: String, user: String = "default", _ offered: String) -> Bool {
        AccessControl(password: ByteString(password))
            .authenticate(user: Array(user.utf8).span, password: Array(offered.utf8).span)
    }

    @Test func `only the whole password is accepted`() {
        #expect(accepts("secret", "secret"))
        for wrong in ["", "s", "secre", "secrets", "secretsecret", "Secret", "xecret"] {
            #expect(!accepts("secret", wrong))
        }
    }

    @Test func `a user that needs no password takes any, an unknown user none`() {
        #expect(accepts("", "anything") && accepts("", ""))
        #expect(!accepts("", user: "other", "x") && !accepts("secret", user: "other", "secret"))
    }
}
