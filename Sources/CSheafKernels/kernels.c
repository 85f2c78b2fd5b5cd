#include "CSheafKernels.h"
#include "variants.h"

#include <math.h>

// Products and sums are rounded one by one, so that every variant gives the same result.
#pragma STDC FP_CONTRACT OFF

#define BINARY(NAME, T, R, EXPRESSION)                                     \
    KERNEL void NAME(const T *a, const T *b, R *out, ptrdiff_t count) {    \
        INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {                \
            const T x = a[i], y = b[i];                                    \
            out[i] = (EXPRESSION);                                         \
        }                                                                  \
    }

#define UNARY(NAME, T, EXPRESSION)                                         \
    KERNEL void NAME(const T *a, T *out, ptrdiff_t count) {                \
        INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {                \
            const T x = a[i];                                              \
            out[i] = (EXPRESSION);                                         \
        }                                                                  \
    }

#define FOLD(T, NAME, PARAMETERS, TERM)                                                       \
    KERNEL T NAME PARAMETERS {                                                                \
        if (count < LANES / 4) {                                                              \
            T total = 0;                                                                      \
            for (ptrdiff_t at = 0; at < count; at++) total += (TERM);                         \
            return total;                                                                     \
        }                                                                                     \
        T lanes[LANES] = {0};                                                                 \
        ptrdiff_t i = 0;                                                                      \
        for (; i + LANES <= count; i += LANES) {                                              \
            for (int lane = 0; lane < LANES; lane++) {                                        \
                const ptrdiff_t at = i + lane;                                                \
                lanes[lane] += (TERM);                                                        \
            }                                                                                 \
        }                                                                                     \
        for (int lane = 0; i < count; i++, lane++) {                                          \
            const ptrdiff_t at = i;                                                           \
            lanes[lane] += (TERM);                                                            \
        }                                                                                     \
        for (int half = LANES / 2; half > 0; half /= 2) {                                     \
            for (int lane = 0; lane < half; lane++) lanes[lane] += lanes[lane + half];        \
        }                                                                                     \
        return lanes[0];                                                                      \
    }

#define EXTREME(T, NAME, COMPARE)                                                             \
    KERNEL T NAME(const T *a, ptrdiff_t count) {                                              \
        if (count < LANES / 4) {                                                              \
            T best = a[0];                                                                    \
            for (ptrdiff_t i = 1; i < count; i++) {                                           \
                best = a[i] COMPARE best || a[i] != a[i] ? a[i] : best;                       \
                if (best != best) return best;                                                \
            }                                                                                 \
            return best;                                                                      \
        }                                                                                     \
        T lanes[LANES];                                                                       \
        int odd[LANES] = {0};                                                                 \
        for (int lane = 0; lane < LANES; lane++) lanes[lane] = a[0];                          \
        ptrdiff_t i = 0;                                                                      \
        for (; i + LANES <= count; i += LANES) {                                              \
            for (int lane = 0; lane < LANES; lane++) {                                        \
                const T x = a[i + lane];                                                      \
                lanes[lane] = x COMPARE lanes[lane] ? x : lanes[lane];                        \
                odd[lane] |= x != x;                                                          \
            }                                                                                 \
        }                                                                                     \
        for (; i < count; i++) {                                                              \
            lanes[0] = a[i] COMPARE lanes[0] ? a[i] : lanes[0];                               \
            odd[0] |= a[i] != a[i];                                                           \
        }                                                                                     \
        T best = lanes[0];                                                                    \
        int any = odd[0];                                                                     \
        for (int lane = 1; lane < LANES; lane++) {                                            \
            best = lanes[lane] COMPARE best ? lanes[lane] : best;                             \
            any |= odd[lane];                                                                 \
        }                                                                                     \
        return any ? (T)NAN : best;                                                           \
    }

#define FLOAT(T, S)                                                               \
    BINARY(sheaf_add_##S, T, T, x + y)                                                        \
    BINARY(sheaf_subtract_##S, T, T, x - y)                                                   \
    BINARY(sheaf_multiply_##S, T, T, x *y)                                                    \
    BINARY(sheaf_divide_##S, T, T, x / y)                                                     \
    BINARY(sheaf_minimum_##S, T, T, x < y || x != x ? x : y)                                  \
    BINARY(sheaf_maximum_##S, T, T, x > y || x != x ? x : y)                                  \
    BINARY(sheaf_less_##S, T, bool, x < y)                                                    \
    BINARY(sheaf_less_equal_##S, T, bool, x <= y)                                             \
    BINARY(sheaf_equal_##S, T, bool, x == y)                                                  \
    UNARY(sheaf_negate_##S, T, -x)                                                            \
    UNARY(sheaf_absolute_##S, T, __builtin_elementwise_abs(x))                                                    \
    UNARY(sheaf_square_root_##S, T, __builtin_elementwise_sqrt(x))                                                \
    UNARY(sheaf_square_##S, T, x *x)                                                          \
    KERNEL void sheaf_multiply_add_##S(const T *a, const T *b, const T *c, T *out, ptrdiff_t count) { \
        INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {                                   \
            const T product = a[i] * b[i], z = c[i];                                          \
            out[i] = product + z;                                                             \
        }                                                                                     \
    }                                                                                         \
    KERNEL void sheaf_select_##S(const bool *which, const T *a, const T *b, T *out, ptrdiff_t count) { \
        INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {                                   \
            const T x = a[i], y = b[i];                                                       \
            out[i] = which[i] ? x : y;                                                        \
        }                                                                                     \
    }                                                                                         \
    FOLD(T, sheaf_sum_##S, (const T *a, ptrdiff_t count), a[at])                              \
    FOLD(T, sheaf_sum_of_products_##S, (const T *a, const T *b, ptrdiff_t count), a[at] * b[at]) \
    FOLD(T, sheaf_sum_of_squares_##S, (const T *a, T mean, ptrdiff_t count), (a[at] - mean) * (a[at] - mean)) \
    EXTREME(T, sheaf_least_##S, <)                                                            \
    EXTREME(T, sheaf_greatest_##S, >)

FLOAT(double, f64)
FLOAT(float, f32)
