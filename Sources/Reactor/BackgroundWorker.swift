import CLinux
import Determinism
import Glibc

/// Work that runs on a thread of its own: the job owns what it needs, takes orders, gives answers.
public protocol BackgroundJob: ~Copyable, Sendable {
    /// What the job is asked to do.
    associatedtype Order: Sendable
    /// What it tells when it did.
    associatedtype Answer: Sendable

    /// Carries out one order, on the worker's thread; nil when there is nothing to tell.
    mutating func perform(_ order: Order) -> Answer?
}

/// A thread that carries out orders one after the other and wakes the loop for its answers.
///
/// A class because two threads share it: the loop, which gives orders and takes answers, and the
/// thread. Everything shared lies behind one lock. The thread ends when its owner lets go and all
/// orders are done; `finish` waits for that.
public final class BackgroundWorker<Job: BackgroundJob & ~Copyable> {
    private let channel: WorkerChannel<Job>
    private var thread: pthread_t?

    /// Readable when answers wait.
    public var wakeupNumber: Int32 { channel.wakeup.descriptor.number }

    /// Starts the thread.
    ///
    /// `name` has up to 15 bytes and shows in `top -H`.
    public init(_ job: consuming Job, name: String) throws(SystemError) {
        channel = try WorkerChannel(job, name: name)
        var started = pthread_t()
        let context = unsafe Unmanaged.passRetained(channel as WorkerBody)
        let code = unsafe pthread_create(
            &started, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<WorkerBody>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        if code != 0 {
            unsafe context.release()
            throw SystemError(code: code)
        }
        thread = started
    }

    deinit {
        channel.stop()
        if let thread { pthread_detach(thread) }
    }

    /// Queues an order.
    public func submit(_ order: Job.Order) { channel.submit(order) }

    /// How many orders are queued or being carried out: what a producer limits itself by.
    public var pendingCount: Int { channel.pendingCount }

    /// The answers given since the last call, in the order of their orders.
    public func takeAnswers() -> [Job.Answer] { channel.takeAnswers() }

    /// Waits until an answer is there, for so long at most.
    public func waitForAnswers(atMost duration: Duration) {
        var descriptor = pollfd(fd: wakeupNumber, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&descriptor, 1, Int32(clamping: duration.wholeMilliseconds))
    }

    /// Waits until every order that was given is done; the answers may be taken then.
    public func waitUntilIdle() { channel.waitUntilIdle() }

    /// Waits until every order is done and the thread has ended.
    ///
    /// Answers may still be taken.
    public func finish() {
        channel.stop()
        if let thread { pthread_join(thread, nil) }
        thread = nil
    }
}

/// What a thread runs; the C callback needs a type without parameters.
private class WorkerBody {
    func run() {}
}

/// Queues in both directions.
@safe
private final class WorkerChannel<Job: BackgroundJob & ~Copyable>: WorkerBody, @unchecked Sendable {
    let wakeup: Wakeup
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    /// Signalled when orders come.
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    /// Signalled when none is left.
    private let idle: UnsafeMutablePointer<pthread_cond_t>
    private var job: Job
    private let name: String
    // Behind the lock:
    private var orders: [Job.Order] = []
    private var answers: [Job.Answer] = []
    private var pending = 0
    private var isStopping = false

    init(_ job: consuming Job, name: String) throws(SystemError) {
        wakeup = try Wakeup()
        self.job = job
        self.name = name
        unsafe lock = .allocate(capacity: 1)
        unsafe lock.initialize(to: pthread_mutex_t())
        unsafe pthread_mutex_init(lock, nil)
        unsafe condition = .allocate(capacity: 1)
        unsafe condition.initialize(to: pthread_cond_t())
        unsafe pthread_cond_init(condition, nil)
        unsafe idle = .allocate(capacity: 1)
        unsafe idle.initialize(to: pthread_cond_t())
        unsafe pthread_cond_init(idle, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(idle)
        unsafe idle.deallocate()
        unsafe pthread_cond_destroy(condition)
        unsafe condition.deallocate()
        unsafe pthread_mutex_destroy(lock)
        unsafe lock.deallocate()
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        return body()
    }

    func submit(_ order: Job.Order) {
        locked {
            orders.append(order)
            pending += 1
        }
        unsafe pthread_cond_signal(condition)
    }

    func stop() {
        locked { isStopping = true }
        unsafe pthread_cond_signal(condition)
    }

    var pendingCount: Int { locked { pending } }

    func waitUntilIdle() {
        locked {
            while pending > 0 { unsafe pthread_cond_wait(idle, lock) }
        }
    }

    func takeAnswers() -> [Job.Answer] {
        wakeup.clear()
        return locked {
            let taken = answers
            answers = []
            return taken
        }
    }

    override func run() {
        unsafe clinux_name_thread(name)
        while true {
            let batch = takeOrders()
            if batch.isEmpty { return }
            for order in batch {
                let answer = job.perform(order)
                locked {
                    pending -= 1
                    if let answer { answers.append(answer) }
                    if pending == 0 { unsafe pthread_cond_broadcast(idle) }
                }
                if answer != nil { wakeup.notify() }
            }
        }
    }

    /// Waits for orders; empty when the worker is to end.
    private func takeOrders() -> [Job.Order] {
        locked {
            while orders.isEmpty && !isStopping { unsafe pthread_cond_wait(condition, lock) }
            let taken = orders
            orders = []
            return taken
        }
    }
}
