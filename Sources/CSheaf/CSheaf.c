#define _GNU_SOURCE
#include "CSheaf.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#endif

int sheaf_core_count(void) {
#ifdef __linux__
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
#endif
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}

bool sheaf_is_amd_with_avx512(void) {
#if defined(__x86_64__) && (defined(__clang__) || defined(__GNUC__))
    __builtin_cpu_init();
    return __builtin_cpu_is("amd") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd")
        && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
    return false;
#endif
}

bool sheaf_punch_hole(int descriptor, int64_t offset, int64_t count) {
#ifdef __linux__
    return fallocate(descriptor, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, offset, count) == 0;
#else
    (void)descriptor, (void)offset, (void)count;
    return false;
#endif
}

void sheaf_trim_heap(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

void sheaf_map_blocks_from(size_t bytes) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, (int)bytes);
#else
    (void)bytes;
#endif
}

uint64_t sheaf_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void sheaf_spinning_mutex_init(pthread_mutex_t *mutex) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
#ifdef __GLIBC__
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
#endif
    pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

void sheaf_condition_init(pthread_cond_t *condition) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
#ifndef __APPLE__
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
#endif
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

bool sheaf_condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, uint64_t nanoseconds) {
    struct timespec limit = {.tv_sec = (time_t)(nanoseconds / 1000000000), .tv_nsec = (long)(nanoseconds % 1000000000)};
#ifdef __APPLE__
    return pthread_cond_timedwait_relative_np(condition, mutex, &limit) != ETIMEDOUT;
#else
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    limit.tv_sec += now.tv_sec;
    limit.tv_nsec += now.tv_nsec;
    if (limit.tv_nsec >= 1000000000) {
        limit.tv_sec += 1;
        limit.tv_nsec -= 1000000000;
    }
    return pthread_cond_timedwait(condition, mutex, &limit) != ETIMEDOUT;
#endif
}

struct thread_start {
    char name[16];
    void (*body)(void *);
    void *context;
};

static void *run_thread(void *raw) {
    struct thread_start start = *(struct thread_start *)raw;
    free(raw);
#ifdef __linux__
    pthread_setname_np(pthread_self(), start.name);
#elif defined(__APPLE__)
    pthread_setname_np(start.name);
#endif
    start.body(start.context);
    return NULL;
}

int sheaf_start_thread(const char *name, size_t stack_bytes, void (*body)(void *), void *context) {
    struct thread_start *start = calloc(1, sizeof *start);
    if (!start) return ENOMEM;
    strncpy(start->name, name, sizeof start->name - 1);
    start->body = body;
    start->context = context;

    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack_bytes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    int status = pthread_create(&thread, &attributes, run_thread, start);
    pthread_attr_destroy(&attributes);
    if (status != 0) free(start);
    return status;
}

void sheaf_prefer_huge_pages(void *start, size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    const uintptr_t page = 1 << 21, first = ((uintptr_t)start + page - 1) & ~(page - 1), end = ((uintptr_t)start + bytes) & ~(page - 1);
    // Advice: where it is not taken, small pages serve.
    if (end > first) (void)madvise((void *)first, end - first, MADV_HUGEPAGE);
#else
    (void)start;
    (void)bytes;
#endif
}

int sheaf_shared_memory(const char *name, int64_t bytes) {
#ifdef __linux__
    int descriptor = memfd_create(name, MFD_CLOEXEC);
#else
    char path[64];
    snprintf(path, sizeof path, "/%.20s-%d-%llx", name, (int)getpid(), (unsigned long long)sheaf_monotonic_nanoseconds());
    int descriptor = shm_open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (descriptor >= 0) {
        shm_unlink(path);
        fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    }
#endif
    if (descriptor < 0) return -errno;
    if (ftruncate(descriptor, bytes) != 0) {
        int status = errno;
        close(descriptor);
        return -status;
    }
    return descriptor;
}

int sheaf_limit_memory(uint64_t bytes) {
#ifdef RLIMIT_DATA
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = bytes};
    return setrlimit(RLIMIT_DATA, &limit) == 0 ? 0 : errno;
#else
    (void)bytes;
    return ENOTSUP;
#endif
}

int sheaf_spawn(const char *path, char *const arguments[], char *const environment[], const int *descriptors, int count, int errors) {
    enum { most = 8, away = 64 };
    int copies[most + 1], status = 0, made = 0;
    if (count > most) return -EINVAL;
    // Out of the way of the numbers that they are to have, so that none overwrites another.
    for (; made <= count && status == 0; made++) {
        copies[made] = fcntl(made < count ? descriptors[made] : errors, F_DUPFD_CLOEXEC, away);
        if (copies[made] < 0) { status = errno; break; }
    }
    pid_t process = -1;
    if (status == 0) {
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        posix_spawn_file_actions_init(&actions);
        posix_spawnattr_init(&attributes);
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, copies[count], 2);
        for (int index = 0; index < count; index++) posix_spawn_file_actions_adddup2(&actions, copies[index], 3 + index);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3 + count);
#endif
        sigset_t none, standard;
        sigemptyset(&none);
        sigemptyset(&standard);
        sigaddset(&standard, SIGTERM);
        sigaddset(&standard, SIGPIPE);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &standard);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        status = posix_spawn(&process, path, &actions, &attributes, arguments, environment);
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&actions);
    }
    while (made-- > 0) close(copies[made]);
    return status == 0 ? (int)process : -status;
}

void sheaf_print_by_line(void) { setvbuf(stdout, NULL, _IOLBF, 0); }

bool sheaf_wait_until_ended(int process) {
    siginfo_t information;
    int status;
    do { status = waitid(P_PID, (id_t)process, &information, WEXITED | WNOWAIT); } while (status != 0 && errno == EINTR);
    return status == 0;
}
