import Daemon
import Testing

@Suite struct `The check of the system` {
    @Test func `warns of a kernel that refuses free memory, and of no other`() {
        for mode in [nil, 0, 1] { #expect(StartUp.memoryWarning(overcommitMode: mode) == nil) }
        #expect(
            StartUp.memoryWarning(overcommitMode: 2)?.contains("sysctl -w vm.overcommit_memory=0")
                == true)
    }
}
