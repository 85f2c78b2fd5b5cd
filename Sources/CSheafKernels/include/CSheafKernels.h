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

/// Which of the variants this processor runs: "x86-64-v4", "x86-64-v3", or "baseline".
const char *sheaf_kernel_variant(void);

#endif
