// Linux system calls and constants that Glibc's module does not show to Swift. Only Posix imports this.
//
// Without _GNU_SOURCE, on purpose: with it, structures such as fd_set and utsname read differently here and in Swift's
// own Glibc module, and a program that loads both does not compile. What glibc hides for that reason is declared below,
// as its header does.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

// Hidden by glibc without _GNU_SOURCE.
extern int fallocate(int descriptor, int mode, off_t offset, off_t length);
extern int sync_file_range(int descriptor, off_t offset, off_t count, unsigned int flags);
extern int syncfs(int descriptor);
extern int pipe2(int descriptors[2], int flags);
extern const char *strerrordesc_np(int number);
extern const char *strerrorname_np(int number);

enum {
    SEALIFT_O_PATH = __O_PATH,
    SEALIFT_O_TMPFILE = __O_TMPFILE,
    SEALIFT_AT_EMPTY_PATH = 0x1000,
    SEALIFT_FALLOC_FL_KEEP_SIZE = 1,
    SEALIFT_SYNC_FILE_RANGE_WRITE = 2,
    SEALIFT_SYNC_FILE_RANGE_WRITE_AND_WAIT = 7,
};

// Swift cannot call variadic functions.
static inline int sealift_open(int directory, const char *path, int flags, mode_t mode) {
    return openat(directory, path, flags, mode);
}

// ioctl_ficlone(2); linux/fs.h, which defines FICLONE, quarrels with sys/mount.h in some glibc: `to` gets the content of `from`, sharing its blocks.
static inline int sealift_clone(int to, int from) {
    return ioctl(to, _IOW(0x94, 9, int), from);
}

// openat2(2), Linux 5.6; glibc has no function for it.
static inline int sealift_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

// renameat2(2): flags 1 RENAME_NOREPLACE, 2 RENAME_EXCHANGE.
static inline int sealift_renameat2(
    int old_directory, const char *old_name, int new_directory, const char *new_name, unsigned int flags) {
    return (int)syscall(SYS_renameat2, old_directory, old_name, new_directory, new_name, flags);
}

// getdents64(2): records of { u64 inode, s64 offset, u16 length, u8 type, char name[] }.
static inline ssize_t sealift_getdents64(int directory, void *buffer, size_t size) {
    return syscall(SYS_getdents64, directory, buffer, size);
}

// statx(2) of an open descriptor: the mount it is on. Sets *known to 0 where the kernel (before 5.8) does not tell.
static inline int sealift_mount_id(int descriptor, uint64_t *id, int *known) {
    struct statx status = {0};
    int result = (int)syscall(SYS_statx, descriptor, "", SEALIFT_AT_EMPTY_PATH, STATX_MNT_ID, &status);
    *known = (status.stx_mask & STATX_MNT_ID) != 0;
    *id = status.stx_mnt_id;
    return result;
}

// How many CPUs this process may run on (sched_getaffinity(2)); -1 when the kernel does not tell. Room for 8192 CPUs.
static inline int sealift_processor_count(void) {
    unsigned char set[1024] = {0};
    long size = syscall(SYS_sched_getaffinity, 0, sizeof set, set);
    int count = 0;
    for (long index = 0; index < size; index++) count += __builtin_popcount(set[index]);
    return size < 0 ? -1 : count;
}

// Columns of the terminal behind a descriptor; 0 when it is none or does not tell (ioctl(2) is variadic).
static inline int sealift_terminal_width(int descriptor) {
    struct winsize size = {0};
    return ioctl(descriptor, TIOCGWINSZ, &size) == -1 ? 0 : size.ws_col;
}

// Whether a descriptor is open (fcntl(2) is variadic).
static inline int sealift_is_open(int descriptor) { return fcntl(descriptor, F_GETFD) != -1; }

// The environment; Swift does not let a global variable of C through.
extern char **environ;
static inline char **sealift_environment(void) { return environ; }

// pidfd_open(2), Linux 5.3: a descriptor that becomes readable when the process ends.
static inline int sealift_pidfd_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

// fcntl(2) is variadic.
static inline int sealift_set_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags == -1 ? -1 : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}

// Has a port of all IPv4 addresses for a moment: 0, or the errno of bind(2). SO_REUSEADDR: what ended lately is no hindrance.
static inline int sealift_try_port(int type, uint16_t port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int found = socket(AF_INET, type | SOCK_CLOEXEC, 0), on = 1, status = 0;
    if (found == -1) return errno;
    if (type == SOCK_STREAM) setsockopt(found, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(found, (struct sockaddr *)&address, sizeof address) == -1) status = errno;
    close(found);
    return status;
}

// Whether something takes a TCP connection on this port of 127.0.0.1 within a quarter of a second; not this socket itself, which
// the kernel may connect to itself when it gives it the same port.
static inline int sealift_answers(uint16_t port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)}, own = {0};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int found = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error = 0;
    socklen_t size = sizeof error, length = sizeof own;
    if (found == -1) return 0;
    struct pollfd wait = {.fd = found, .events = POLLOUT};
    int isConnected = connect(found, (struct sockaddr *)&address, sizeof address) == 0
        || (errno == EINPROGRESS && poll(&wait, 1, 250) == 1
            && getsockopt(found, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0);
    if (isConnected && getsockname(found, (struct sockaddr *)&own, &length) == 0 && own.sin_port == address.sin_port)
        isConnected = 0;
    close(found);
    return isConnected;
}
