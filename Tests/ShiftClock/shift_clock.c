/* Shifts the wall clock of one process, for testing what happens around the end of a month.
 *
 *   cc -shared -fPIC -O2 -o shift_clock.so shift_clock.c
 *   LD_PRELOAD=./shift_clock.so CLOCK_SHIFT_SECONDS=86400 redis-server --port 7001
 *   LD_PRELOAD=./shift_clock.so CLOCK_STARTS_AT=1806537598 redis-server …      (epoch seconds at process start)
 *   LD_PRELOAD=./shift_clock.so CLOCK_SHIFT_FILE=/path redis-server …          (a file of one 64-bit integer, the shift
 *                                                                              in seconds, that may be written any time)
 *
 * Time runs on at its usual speed. Only the wall clock moves, never the monotonic one.
 * (Debian 12's libfaketime does not start redis-server: its jemalloc reads the clock before the library is ready.)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *shift_in_file(const char *path) {
    long file = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return NULL;
    void *mapped = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, (int)file, 0);
    syscall(SYS_close, file);
    return mapped == MAP_FAILED ? NULL : mapped;
}

static long shift_seconds(void) {
    static long shift;
    static const volatile int64_t *moving;
    static int known;
    if (!known) {
        const char *by = getenv("CLOCK_SHIFT_SECONDS"), *at = getenv("CLOCK_STARTS_AT"), *file = getenv("CLOCK_SHIFT_FILE");
        struct timespec now;
        syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
        shift = at ? atol(at) - now.tv_sec : by ? atol(by) : 0;
        moving = file ? shift_in_file(file) : NULL;
        known = 1;
    }
    return moving ? (long)*moving : shift;
}

int clock_gettime(clockid_t clock, struct timespec *t) {
    int result = (int)syscall(SYS_clock_gettime, clock, t);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) t->tv_sec += shift_seconds();
    return result;
}

int gettimeofday(struct timeval *t, void *zone) {
    (void)zone;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    t->tv_sec = now.tv_sec;
    t->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}
