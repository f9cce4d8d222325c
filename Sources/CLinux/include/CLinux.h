// Kernel and C library interfaces that the Glibc module does not export, and the one piece of code
// that has to be C (CrashHandler.c says why).
#pragma once
#include "CrashHandler.h"
#include <execinfo.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>

// accept4 stands behind _GNU_SOURCE, which the Glibc module is not built with.
int clinux_accept4(int listener, struct sockaddr *address, socklen_t *length);

// Names the calling thread for `top -H`; likewise behind _GNU_SOURCE. Up to 15 bytes.
void clinux_name_thread(const char *name);

// Swift refuses to import fork.
int clinux_fork(void);

// prctl is variadic, and Swift cannot call such functions. 0 when the kernel obeys.
int clinux_disable_huge_pages(void);

// `environ` is a mutable global, which Swift 6 does not let through.
char **clinux_environment(void);

// A hint to the core that this is a spin loop; Swift has no intrinsic for it.
static inline void clinux_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}
