// What Swift has no spelling for: a 16-byte tag match (there is no movemask), prefetch, unaligned
// loads that compile to one instruction, and the pause hint of a spinning loop.
#pragma once
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// Bit i of the result is set where byte i of the 16 bytes at `bytes` equals `tag`.
static inline uint32_t rds_match16(const void *bytes, uint8_t tag) {
#if defined(__SSE2__)
    __m128i all = _mm_loadu_si128((const __m128i *)bytes);
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(all, _mm_set1_epi8((char)tag)));
#else
    const uint8_t *each = (const uint8_t *)bytes;
    uint32_t mask = 0;
    for (int i = 0; i < 16; i++) mask |= (uint32_t)(each[i] == tag) << i;
    return mask;
#endif
}

static inline void rds_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

static inline uint64_t rds_load64(const void *address) {
    uint64_t value;
    memcpy(&value, address, 8);
    return value;
}

static inline uint32_t rds_load32(const void *address) {
    uint32_t value;
    memcpy(&value, address, 4);
    return value;
}

static inline void rds_spin_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}
