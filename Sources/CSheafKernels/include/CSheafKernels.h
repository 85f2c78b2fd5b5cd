// Loops over contiguous elements, compiled several times and chosen at run time by the processor's vector width.
//
// They are in C because the compiler of C can do that (`target_clones`); the same loops for the types that are not here are in Swift.
// Lengths are in elements. Outputs may be the very same buffer as an input, but must not overlap one otherwise.
#ifndef CSHEAF_KERNELS_H
#define CSHEAF_KERNELS_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>

#include "CSheafFunctions.h"

#define SHEAF_DECLARE_FLOAT(T, S)                                                                   \
    void sheaf_add_##S(const T *a, const T *b, T *out, ptrdiff_t count);                            \
    void sheaf_subtract_##S(const T *a, const T *b, T *out, ptrdiff_t count);                       \
    void sheaf_multiply_##S(const T *a, const T *b, T *out, ptrdiff_t count);                       \
    /* a × b + c, each rounded on its own. */                                                       \
    void sheaf_multiply_add_##S(const T *a, const T *b, const T *c, T *out, ptrdiff_t count);       \
    void sheaf_divide_##S(const T *a, const T *b, T *out, ptrdiff_t count);                         \
    void sheaf_minimum_##S(const T *a, const T *b, T *out, ptrdiff_t count);                        \
    void sheaf_maximum_##S(const T *a, const T *b, T *out, ptrdiff_t count);                        \
    void sheaf_negate_##S(const T *a, T *out, ptrdiff_t count);                                     \
    void sheaf_absolute_##S(const T *a, T *out, ptrdiff_t count);                                   \
    void sheaf_square_root_##S(const T *a, T *out, ptrdiff_t count);                                \
    void sheaf_square_##S(const T *a, T *out, ptrdiff_t count);                                     \
    void sheaf_less_##S(const T *a, const T *b, bool *out, ptrdiff_t count);                        \
    void sheaf_less_equal_##S(const T *a, const T *b, bool *out, ptrdiff_t count);                  \
    void sheaf_equal_##S(const T *a, const T *b, bool *out, ptrdiff_t count);                       \
    void sheaf_select_##S(const bool *which, const T *a, const T *b, T *out, ptrdiff_t count);      \
    /* The sum of up to a few thousand elements, in 64 running sums that are added pairwise. */     \
    T sheaf_sum_##S(const T *a, ptrdiff_t count);                                                   \
    T sheaf_sum_of_products_##S(const T *a, const T *b, ptrdiff_t count);                           \
    /* The sum of (a[i] - mean)². */                                                                \
    T sheaf_sum_of_squares_##S(const T *a, T mean, ptrdiff_t count);                                \
    /* NaN when there is one; of at least one element. */                                           \
    T sheaf_least_##S(const T *a, ptrdiff_t count);                                                 \
    T sheaf_greatest_##S(const T *a, ptrdiff_t count);

SHEAF_DECLARE_FLOAT(double, f64)
SHEAF_DECLARE_FLOAT(float, f32)

// Random numbers, from Philox4x32-10. Element i of a stream depends on the key, the stream and i only, and has the same bits on every
// processor. `first` is the index of the first element written.

/// One block of Philox4x32-10 (Salmon et al. 2011): four words from a counter of four and a key of two.
void sheaf_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);
/// Raw words of 64 bits: element i is half i % 2 of block i / 2.
void sheaf_random_words(uint64_t key, uint32_t stream, uint64_t first, uint64_t *out, ptrdiff_t count);
/// low + width × u, u being a multiple of 2⁻⁵³ (for float 2⁻²⁴) from 0 up to, but not including, 1.
void sheaf_random_uniform_f64(uint64_t key, uint32_t stream, uint64_t first, double low, double width, double *out, ptrdiff_t count);
void sheaf_random_uniform_f32(uint64_t key, uint32_t stream, uint64_t first, float low, float width, float *out, ptrdiff_t count);
/// Normal, by Box and Muller's transform of the two words of a block.
void sheaf_random_normal_f64(uint64_t key, uint32_t stream, uint64_t first, double mean, double deviation, double *out, ptrdiff_t count);
void sheaf_random_normal_f32(uint64_t key, uint32_t stream, uint64_t first, double mean, double deviation, float *out, ptrdiff_t count);
/// Exponential, by inversion.
void sheaf_random_exponential_f64(uint64_t key, uint32_t stream, uint64_t first, double scale, double *out, ptrdiff_t count);
void sheaf_random_exponential_f32(uint64_t key, uint32_t stream, uint64_t first, double scale, float *out, ptrdiff_t count);
/// Whether the upper 53 bits of the word are below `limit`.
void sheaf_random_below(uint64_t key, uint32_t stream, uint64_t first, uint64_t limit, bool *out, ptrdiff_t count);

#endif
