// The crash report: see CrashHandler.c.
#pragma once
#include <stddef.h>

// Reports SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP and SIGABRT, then lets the signal kill the process.
// `version` is copied; `started` is the wall clock in seconds.
void clinux_crash_install(const char *version, long started);

// Puts the default actions back.
void clinux_crash_uninstall(void);

// Where the report goes: the file of this name, or standard output when it is empty.
void clinux_crash_set_log(const char *path);

// The role letter and the distance of local time from UTC, in seconds, for the report's log lines.
void clinux_crash_set_line(char role, long offset);

// Faults for real: writes to a page that may not be written.
void clinux_fault(void);
