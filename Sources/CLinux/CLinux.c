#define _GNU_SOURCE
#include "CLinux.h"

#include <unistd.h>

int clinux_accept4(int listener, struct sockaddr *address, socklen_t *length) {
    return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

void clinux_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

int clinux_fork(void) { return fork(); }

int clinux_disable_huge_pages(void) { return prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); }

char **clinux_environment(void) { return environ; }
