// libsystemd: notification, journal, socket activation.
#define SD_JOURNAL_SUPPRESS_LOCATION 1
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>
