// The crash report.
//
// C, because a signal handler may call only what POSIX lists as async-signal-safe: no allocation, no
// lock, no retain or release, none of which Swift lets its writer rule out. Everything here is
// open(2), write(2), clock_gettime(2), and formatting into a fixed buffer on the handler's own stack.
//
// 1. The handler runs on an alternate stack, so that a stack overflow is reported as well.
// 2. It runs once: a second fault, inside the handler, meets the default action.
// 3. The process then dies by the signal that it got: exit status and core file tell the truth.
// 4. Release programs are shipped without symbols. Their functions are named in a text file beside them
//    (packaging/scripts/symbols): the build's identifier, then a line for each function, its offset in
//    16 hexadecimal digits and its name, in the order of the offsets. Without it, or with that of
//    another build, the report has the offsets alone, which a debugger resolves.
#define _GNU_SOURCE
#include "CrashHandler.h"

#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static const int reported[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT};
enum { reported_count = sizeof reported / sizeof reported[0], frames = 64 };

static char version[64];
static char log_path[1024];
static char build_id[2 * 32 + 1];
static char role = 'M';
static long offset_seconds;
static long start_seconds;
static char handler_stack[64 * 1024];
static char symbols_path[1024];
// Where the program lies in memory.
static uintptr_t program_start, program_end;

// The file of names, and where its first line about a function begins.
struct symbols {
    const char *bytes;
    size_t first, size;
};

// A line that is being put together; what does not fit is left out.
struct line {
    char bytes[512];
    size_t count;
};

static void add_bytes(struct line *line, const char *bytes, size_t count) {
    for (size_t i = 0; i < count && line->count < sizeof line->bytes - 1; i++)
        line->bytes[line->count++] = bytes[i];
}

static void add(struct line *line, const char *text) { add_bytes(line, text, strlen(text)); }

static void add_number(struct line *line, long long number, int width) {
    char digits[24];
    int count = 0;
    unsigned long long magnitude = number < 0 ? -(unsigned long long)number : (unsigned long long)number;
    do {
        digits[count++] = (char)('0' + magnitude % 10);
        magnitude /= 10;
    } while (magnitude > 0);
    while (count < width) digits[count++] = '0';
    if (number < 0) add(line, "-");
    while (count > 0) add_bytes(line, &digits[--count], 1);
}

static void add_hexadecimal(struct line *line, uint64_t number) {
    add(line, "0x");
    for (int shift = 60; shift >= 0; shift -= 4)
        add_bytes(line, &"0123456789abcdef"[(number >> shift) & 15], 1);
}

static void end(struct line *line, int out) {
    line->bytes[line->count++] = '\n';
    // Nobody is left to tell if it cannot be written.
    if (write(out, line->bytes, line->count) < 0) { }
    line->count = 0;
}

// "57411:M 07 Jul 2015 16:32:09.878 # ", from the civil calendar: localtime takes locks.
static void begin_log(struct line *line) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    long long seconds = (long long)now.tv_sec + offset_seconds;
    long long days = seconds / 86400, rest = seconds % 86400;
    // Days since 1970 to a date: the year begins in March, so that the leap day is its last.
    long long shifted = days + 719468;
    long long era = shifted / 146097;
    long long day_of_era = shifted - era * 146097;
    long long year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    long long day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    long long month_from_march = (5 * day_of_year + 2) / 153;
    long long day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    long long month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    long long year = year_of_era + era * 400 + (month <= 2);
    add_number(line, getpid(), 1);
    add(line, ":");
    add_bytes(line, &role, 1);
    add(line, " ");
    add_number(line, day, 2);
    add(line, " ");
    add_bytes(line, &months[(month - 1) * 3], 3);
    add(line, " ");
    add_number(line, year, 1);
    add(line, " ");
    add_number(line, rest / 3600, 2);
    add(line, ":");
    add_number(line, rest / 60 % 60, 2);
    add(line, ":");
    add_number(line, rest % 60, 2);
    add(line, ".");
    add_number(line, now.tv_nsec / 1000000, 3);
    add(line, " # ");
}

static void add_register(struct line *line, const char *name, uint64_t value) {
    add(line, name);
    add(line, "=");
    add_hexadecimal(line, value);
    add(line, " ");
}

static void report_registers(struct line *line, int out, const ucontext_t *context) {
#if defined(__x86_64__)
    static const struct { const char *name; int index; } registers[] = {
        {"rip", REG_RIP}, {"rsp", REG_RSP}, {"rbp", REG_RBP}, {"rax", REG_RAX}, {"rbx", REG_RBX},
        {"rcx", REG_RCX}, {"rdx", REG_RDX}, {"rsi", REG_RSI}, {"rdi", REG_RDI}, {"r8 ", REG_R8},
        {"r9 ", REG_R9}, {"r10", REG_R10}, {"r11", REG_R11}, {"r12", REG_R12}, {"r13", REG_R13},
        {"r14", REG_R14}, {"r15", REG_R15}, {"efl", REG_EFL},
    };
    for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++) {
        if (i % 3 == 0) begin_log(line);
        add_register(line, registers[i].name,
                     (uint64_t)context->uc_mcontext.gregs[registers[i].index]);
        if (i % 3 == 2) end(line, out);
    }
#elif defined(__aarch64__)
    begin_log(line);
    add_register(line, "pc", context->uc_mcontext.pc);
    add_register(line, "sp", context->uc_mcontext.sp);
    add_register(line, "lr", context->uc_mcontext.regs[30]);
    end(line, out);
    for (int i = 0; i < 30; i++) {
        if (i % 3 == 0) begin_log(line);
        add(line, "x");
        add_number(line, i, 1);
        add_register(line, "", context->uc_mcontext.regs[i]);
        if (i % 3 == 2) end(line, out);
    }
#endif
    if (line->count > 0) end(line, out);
}

static uint64_t instruction(const ucontext_t *context) {
#if defined(__x86_64__)
    return (uint64_t)context->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    return context->uc_mcontext.pc;
#else
    return 0;
#endif
}

static struct symbols open_symbols(void) {
    struct symbols none = {.bytes = NULL}, found = none;
    int file = build_id[0] ? open(symbols_path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return none;
    struct stat status;
    void *bytes = MAP_FAILED;
    if (fstat(file, &status) == 0 && status.st_size > 0)
        bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    if (bytes == MAP_FAILED) return none;
    found.bytes = bytes;
    found.size = (size_t)status.st_size;
    found.first = strlen(build_id) + 1;
    bool is_ours = found.size > found.first && found.bytes[found.first - 1] == '\n' &&
                   memcmp(found.bytes, build_id, found.first - 1) == 0;
    return is_ours ? found : none;
}

// The offset that a line begins with; false if that is not 16 digits and a blank.
static bool read_offset(const struct symbols *symbols, size_t line, uint64_t *offset) {
    if (line + 17 > symbols->size || symbols->bytes[line + 16] != ' ') return false;
    *offset = 0;
    for (size_t i = line; i < line + 16; i++) {
        char digit = symbols->bytes[i];
        int value = digit >= '0' && digit <= '9'   ? digit - '0'
                    : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                                                   : -1;
        if (value < 0) return false;
        *offset = *offset << 4 | (uint64_t)value;
    }
    return true;
}

// Adds the name of the function that holds `address`, if the file tells it: the last line whose offset
// is not behind it, found by halving the file.
static void add_function(struct line *line, const struct symbols *symbols, uintptr_t address) {
    if (!symbols->bytes || address < program_start || address >= program_end) return;
    uint64_t wanted = address - program_start, offset = 0;
    size_t low = symbols->first, high = symbols->size, best = 0;
    while (low < high) {
        size_t begin = low + (high - low) / 2;
        while (begin > low && symbols->bytes[begin - 1] != '\n') begin--;
        if (!read_offset(symbols, begin, &offset)) return;
        size_t next = begin;
        while (next < symbols->size && symbols->bytes[next] != '\n') next++;
        if (offset <= wanted) {
            best = begin;
            low = next + 1;
        } else {
            high = begin;
        }
    }
    if (best == 0) return;
    size_t end = best + 17;
    while (end < symbols->size && symbols->bytes[end] != '\n') end++;
    add_bytes(line, symbols->bytes + best + 17, end - best - 17);
    add(line, " ");
}

// One line a frame: the function, then program, offset and address as execinfo.h has them.
static void report_stack(struct line *line, int out) {
    struct symbols symbols = open_symbols();
    void *addresses[frames];
    int depth = backtrace(addresses, frames);
    for (int i = 0; i < depth; i++) {
        // Behind a call, the address may be that of the next function.
        add_function(line, &symbols, (uintptr_t)addresses[i] - 1);
        if (line->count > 0 && write(out, line->bytes, line->count) < 0) { }
        line->count = 0;
        backtrace_symbols_fd(&addresses[i], 1, out);
    }
}

static void report(int signal_number, siginfo_t *information, void *raw_context) {
    const ucontext_t *context = raw_context;
    int out = log_path[0] ? open(log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644) : 1;
    if (out < 0) out = 1;
    struct line line = {.count = 0};

    end(&line, out);
    add(&line, "=== RDS BUG REPORT START: everything up to the matching END belongs to it ===");
    end(&line, out);
    begin_log(&line);
    add(&line, "rds ");
    add(&line, version);
    add(&line, " crashed by signal: ");
    add_number(&line, signal_number, 1);
    add(&line, ", si_code: ");
    add_number(&line, information->si_code, 1);
    end(&line, out);
    if (information->si_code > 0) {
        begin_log(&line);
        add(&line, "Accessing address: ");
        add_hexadecimal(&line, (uint64_t)(uintptr_t)information->si_addr);
        end(&line, out);
    } else {
        begin_log(&line);
        add(&line, "Sent by process ");
        add_number(&line, information->si_pid, 1);
        add(&line, " of user ");
        add_number(&line, information->si_uid, 1);
        end(&line, out);
    }
    begin_log(&line);
    add(&line, "Crashed running the instruction at: ");
    add_hexadecimal(&line, instruction(context));
    end(&line, out);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    begin_log(&line);
    add(&line, "Up for ");
    add_number(&line, (long long)now.tv_sec - start_seconds, 1);
    add(&line, " seconds");
    end(&line, out);
    if (build_id[0]) {
        begin_log(&line);
        add(&line, "Build id: ");
        add(&line, build_id);
        end(&line, out);
        begin_log(&line);
        add(&line, "With the symbols of that build (its -dbgsym package), the offsets (+0x...) below "
                   "have files and lines: addr2line -fie PROGRAM OFFSET ... | swift demangle");
        end(&line, out);
    }

    add(&line, "------ REGISTERS ------");
    end(&line, out);
    report_registers(&line, out, context);
    add(&line, "------ STACK TRACE ------");
    end(&line, out);
    report_stack(&line, out);
    add(&line, "=== RDS BUG REPORT END ===");
    end(&line, out);
    end(&line, out);

    // SA_RESETHAND has put the default action back; the signal is delivered on return.
    raise(signal_number);
}

static void copy(char *to, size_t room, const char *from, size_t length) {
    if (length >= room) length = room - 1;
    memcpy(to, from, length);
    to[length] = 0;
}

// Where the program lies, and the identifier that the linker gave this build, a note of the program: the
// first that is visited.
static int find_program(struct dl_phdr_info *program, size_t size, void *unused) {
    (void)size;
    (void)unused;
    program_start = program_end = program->dlpi_addr;
    for (int i = 0; i < program->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &program->dlpi_phdr[i];
        uintptr_t end = program->dlpi_addr + header->p_vaddr + header->p_memsz;
        if (header->p_type == PT_LOAD && end > program_end) program_end = end;
    }
    for (int i = 0; i < program->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &program->dlpi_phdr[i];
        if (header->p_type != PT_NOTE) continue;
        const char *place = (const char *)(program->dlpi_addr + header->p_vaddr);
        const char *last = place + header->p_memsz;
        while (place + sizeof(ElfW(Nhdr)) <= last) {
            const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)place;
            const char *name = place + sizeof *note;
            const unsigned char *bytes =
                (const unsigned char *)name + (((size_t)note->n_namesz + 3) & ~(size_t)3);
            place = (const char *)bytes + (((size_t)note->n_descsz + 3) & ~(size_t)3);
            if (place > last) break;
            if (note->n_type != NT_GNU_BUILD_ID || note->n_namesz != 4 || memcmp(name, "GNU", 4))
                continue;
            size_t count = note->n_descsz < 32 ? note->n_descsz : 32;
            for (size_t j = 0; j < count; j++) {
                build_id[2 * j] = "0123456789abcdef"[bytes[j] >> 4];
                build_id[2 * j + 1] = "0123456789abcdef"[bytes[j] & 15];
            }
            return 1;
        }
    }
    return 1;
}

// PREFIX/bin/PROGRAM has its names in PREFIX/lib/rds/PROGRAM.symbols.
static void find_symbols(void) {
    char path[512];
    ssize_t count = readlink("/proc/self/exe", path, sizeof path - 1);
    path[count < 0 ? 0 : count] = 0;
    char *name = strrchr(path, '/');
    if (!name) return;
    *name++ = 0;
    snprintf(symbols_path, sizeof symbols_path, "%s/../lib/rds/%s.symbols", path, name);
}

void clinux_crash_install(const char *name, long started) {
    copy(version, sizeof version, name, strlen(name));
    start_seconds = started;
    dl_iterate_phdr(find_program, NULL);
    find_symbols();
    // The first backtrace loads a library: not in the handler.
    void *addresses[2];
    backtrace(addresses, 2);

    stack_t stack = {.ss_sp = handler_stack, .ss_size = sizeof handler_stack};
    sigaltstack(&stack, NULL);
    struct sigaction action = {.sa_sigaction = report};
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND;
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < reported_count; i++) sigaction(reported[i], &action, NULL);
}

void clinux_crash_uninstall(void) {
    for (int i = 0; i < reported_count; i++) signal(reported[i], SIG_DFL);
}

void clinux_crash_set_log(const char *path) { copy(log_path, sizeof log_path, path, strlen(path)); }

void clinux_crash_set_line(char letter, long offset) {
    role = letter;
    offset_seconds = offset;
}

void clinux_fault(void) {
    volatile char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *page = 'x';
}
