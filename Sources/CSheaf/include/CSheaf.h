// System calls that Swift's Glibc overlay does not show, and C structures of libraries that are loaded when first used.
#ifndef CSHEAF_H
#define CSHEAF_H

#include <pthread.h>
#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

/// Cores that this process may run on; at least 1.
int sheaf_core_count(void);

/// Whether this is an AMD processor with the vector instructions that OpenBLAS calls SkylakeX (AVX-512 F, CD, BW, DQ and VL).
bool sheaf_is_amd_with_avx512(void);

/// Gives a range of a file back to the file system, keeping the file's size. Returns false where that is not supported.
bool sheaf_punch_hole(int descriptor, int64_t offset, int64_t count);

/// Returns freed heap pages to the system. Does nothing where the allocator has no such call.
void sheaf_trim_heap(void);

/// Makes the allocator map blocks of `bytes` and more on their own, so that freeing them returns their pages at once.
void sheaf_map_blocks_from(size_t bytes);

/// Asks for pages of 2 MiB under a range of memory, where the system has them.
void sheaf_prefer_huge_pages(void *start, size_t bytes);

/// Nanoseconds of the monotonic clock.
uint64_t sheaf_monotonic_nanoseconds(void);

/// Initialises a mutex that spins for a moment before it sleeps, where the system has such a kind.
void sheaf_spinning_mutex_init(pthread_mutex_t *mutex);

/// Initialises a condition whose timed waits do not depend on the time of day.
void sheaf_condition_init(pthread_cond_t *condition);

/// Waits for a signal, so many nanoseconds at most. Returns false when that time has passed.
bool sheaf_condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, uint64_t nanoseconds);

/// Starts a detached thread that calls `body(context)`; `name` is shown by debuggers and profilers, of which 15 bytes are kept.
/// Returns 0, or an error number.
int sheaf_start_thread(const char *name, size_t stack_bytes, void (*body)(void *), void *context);

/// Makes memory that processes can share through its descriptor and that has no name in any file system; all its bytes are zero, and take
/// up memory once they are written. Returns the descriptor, which is closed when a program is started, or minus an error number.
int sheaf_shared_memory(const char *name, int64_t bytes);

/// Limits the memory that this process can have for itself, shared mappings apart. Returns 0, or an error number.
int sheaf_limit_memory(uint64_t bytes);

/// Starts a program in a process group of its own. `descriptors` become 3, 4 and so on, `errors` its standard error; nothing else but
/// standard input, which is empty, and standard output is open in it. Returns the process, or minus an error number.
int sheaf_spawn(const char *path, char *const arguments[], char *const environment[], const int *descriptors, int count, int errors);

/// Makes standard output appear line by line, wherever it goes.
void sheaf_print_by_line(void);

/// Waits until a child has ended, and leaves it to be reaped. Returns false when there is no such child.
bool sheaf_wait_until_ended(int process);

/// The buffer descriptors of zstd's streaming interface (zstd.h: ZSTD_inBuffer, ZSTD_outBuffer).
typedef struct { const void *src; size_t size; size_t pos; } sheaf_zstd_input;
typedef struct { void *dst; size_t size; size_t pos; } sheaf_zstd_output;

/// The state of zlib's streaming interface (zlib.h: z_stream).
typedef struct {
    const void *next_in; unsigned avail_in; unsigned long total_in;
    void *next_out; unsigned avail_out; unsigned long total_out;
    const char *message; void *state;
    void *allocate; void *release; void *context;
    int data_type; unsigned long adler; unsigned long reserved;
} sheaf_zlib_stream;

#endif
