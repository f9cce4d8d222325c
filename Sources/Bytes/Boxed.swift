/// One value in a place of its own.
///
/// For a large part of a noncopyable whole: the compiler follows every field that lies inside the
/// whole through every function, and takes a box for one. Reading costs one pointer.
@safe public struct Boxed<Value: ~Copyable>: ~Copyable {
    /// Where the value is, for `unsafeAddress` accessors of the owner.
    @unsafe public let place: UnsafeMutablePointer<Value>

    /// Moves a value in.
    public init(_ value: consuming Value) {
        unsafe place = .allocate(capacity: 1)
        unsafe place.initialize(to: value)
    }

    @usableFromInline func dispose() {
        unsafe place.deinitialize(count: 1)
        unsafe place.deallocate()
    }

    @inlinable deinit { dispose() }
}
