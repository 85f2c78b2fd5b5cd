// How loops are compiled for several vector widths.
#ifndef CSHEAF_VARIANTS_H
#define CSHEAF_VARIANTS_H

#ifndef __has_feature
#define __has_feature(NAME) 0
#endif

// The loader resolves each clone once, when the program starts; where it cannot (musl, macOS, other processors), or where it would do so
// before a sanitizer is ready, the baseline serves.
#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__) && !__has_feature(thread_sanitizer) && !__has_feature(address_sanitizer)
#define KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KERNEL
#endif
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")

// Sixty-four running sums: enough independent additions to hide their latency at any width, and each is short, so that the error
// stays near that of pairwise summation.
#define LANES 64

#endif
