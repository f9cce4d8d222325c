import CJemalloc
import Glibc

/// Memory of entries and values: sizes are rounded up to the allocator's classes before they are
/// asked for, so that what fits into the same class is rewritten in place.
enum Allocation {
    /// `bytes` rounded up to a size class of jemalloc: multiples of 16 up to 128, then four
    /// classes a doubling.
    @inline(__always)
    static func roundedUp(_ bytes: Int) -> Int {
        if bytes <= 128 { return max((bytes &+ 15) & ~15, 16) }
        let exponent = Int.bitWidth &- 1 &- (bytes &- 1).leadingZeroBitCount
        let step = 1 << (exponent &- 2)
        return (bytes &+ step &- 1) & ~(step &- 1)
    }

    /// Memory of `bytes` bytes, which is a rounded size.
    @inline(__always)
    static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
        guard let memory = unsafe mallocx(bytes, 0) else {
            preconditionFailure("out of memory allocating \(bytes) bytes")
        }
        return unsafe memory
    }

    /// Gives back memory that `allocate(bytes)` returned.
    @inline(__always)
    static func free(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
        unsafe sdallocx(memory, bytes, 0)
    }

    /// Memory on a cache line's boundary.
    static func allocateAligned(_ bytes: Int) -> UnsafeMutableRawPointer {
        // MALLOCX_LG_ALIGN(6): the macro is not imported.
        guard let memory = unsafe mallocx(bytes, 6) else {
            preconditionFailure("out of memory allocating \(bytes) bytes")
        }
        return unsafe memory
    }

    /// Gives back memory of `allocateAligned(bytes)`.
    static func freeAligned(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
        unsafe sdallocx(memory, bytes, 6)
    }
}
