#include "CSheafKernels.h"
#include "variants.h"

#include <math.h>
#include <string.h>

// NaNs are left out; lanes begin with NaN, which any number replaces.
#define EXTREME_VALID(T, NAME, COMPARE)                                                       \
    KERNEL T NAME(const T *a, ptrdiff_t count) {                                              \
        T lanes[LANES];                                                                       \
        for (int lane = 0; lane < LANES; lane++) lanes[lane] = (T)NAN;                        \
        ptrdiff_t i = 0;                                                                      \
        for (; i + LANES <= count; i += LANES) {                                              \
            for (int lane = 0; lane < LANES; lane++) {                                        \
                const T x = a[i + lane], best = lanes[lane];                                  \
                lanes[lane] = ((x COMPARE best) | (best != best)) ? x : best;                 \
            }                                                                                 \
        }                                                                                     \
        T best = (T)NAN;                                                                      \
        for (; i < count; i++) best = a[i] COMPARE best || best != best ? a[i] : best;        \
        for (int lane = 0; lane < LANES; lane++) {                                            \
            best = lanes[lane] COMPARE best || best != best ? lanes[lane] : best;             \
        }                                                                                     \
        return best;                                                                          \
    }

#define REDUCTIONS(T, I, S)                                                                   \
    KERNEL T sheaf_product_##S(const T *a, ptrdiff_t count) {                                 \
        T lanes[LANES];                                                                       \
        for (int lane = 0; lane < LANES; lane++) lanes[lane] = 1;                             \
        ptrdiff_t i = 0;                                                                      \
        for (; i + LANES <= count; i += LANES) {                                              \
            for (int lane = 0; lane < LANES; lane++) lanes[lane] *= a[i + lane];              \
        }                                                                                     \
        T product = 1;                                                                        \
        for (; i < count; i++) product *= a[i];                                               \
        if (count < LANES) return product;                                                    \
        for (int lane = 0; lane < LANES; lane++) product *= lanes[lane];                      \
        return product;                                                                       \
    }                                                                                         \
    KERNEL T sheaf_sum_valid_##S(const T *a, ptrdiff_t count, ptrdiff_t *valid) {             \
        T lanes[LANES] = {0};                                                                 \
        I counts[LANES] = {0};                                                                \
        ptrdiff_t i = 0;                                                                      \
        for (; i + LANES <= count; i += LANES) {                                              \
            for (int lane = 0; lane < LANES; lane++) {                                        \
                const T x = a[i + lane];                                                      \
                lanes[lane] += x == x ? x : 0;                                                \
                counts[lane] += x == x;                                                       \
            }                                                                                 \
        }                                                                                     \
        ptrdiff_t known = 0;                                                                  \
        for (int lane = 0; i < count; i++, lane++) {                                          \
            if (a[i] == a[i]) { lanes[lane] += a[i]; known++; }                               \
        }                                                                                     \
        for (int lane = 0; lane < LANES; lane++) known += counts[lane];                       \
        for (int half = LANES / 2; half > 0; half /= 2) {                                     \
            for (int lane = 0; lane < half; lane++) lanes[lane] += lanes[lane + half];        \
        }                                                                                     \
        *valid = known;                                                                       \
        return lanes[0];                                                                      \
    }                                                                                         \
    KERNEL T sheaf_sum_of_squares_valid_##S(const T *a, T mean, ptrdiff_t count) {            \
        T lanes[LANES] = {0};                                                                 \
        ptrdiff_t i = 0;                                                                      \
        for (; i + LANES <= count; i += LANES) {                                              \
            for (int lane = 0; lane < LANES; lane++) {                                        \
                const T x = a[i + lane], d = x - mean;                                        \
                lanes[lane] += x == x ? d * d : 0;                                            \
            }                                                                                 \
        }                                                                                     \
        for (int lane = 0; i < count; i++, lane++) {                                          \
            const T d = a[i] - mean;                                                          \
            lanes[lane] += a[i] == a[i] ? d * d : 0;                                          \
        }                                                                                     \
        for (int half = LANES / 2; half > 0; half /= 2) {                                     \
            for (int lane = 0; lane < half; lane++) lanes[lane] += lanes[lane + half];        \
        }                                                                                     \
        return lanes[0];                                                                      \
    }                                                                                         \
    EXTREME_VALID(T, sheaf_least_valid_##S, <)                                                \
    EXTREME_VALID(T, sheaf_greatest_valid_##S, >)                                             \
    KERNEL void sheaf_shifted_moments_##S(const T *a, const T *shift, T *sum, T *squares, ptrdiff_t count) { \
        INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {                                   \
            const T d = a[i] - shift[i];                                                      \
            sum[i] += d;                                                                      \
            squares[i] += d * d;                                                              \
        }                                                                                     \
    }

REDUCTIONS(double, int64_t, f64)
REDUCTIONS(float, int32_t, f32)

KERNEL ptrdiff_t sheaf_count_true(const bool *a, ptrdiff_t count) {
    const uint8_t *bytes = (const uint8_t *)a;
    ptrdiff_t total = 0, i = 0;
    while (i + LANES <= count) {
        // A lane of bytes holds 255 at most.
        uint8_t lanes[LANES] = {0};
        for (int round = 0; round < 255 && i + LANES <= count; round++, i += LANES) {
            for (int lane = 0; lane < LANES; lane++) lanes[lane] += bytes[i + lane];
        }
        for (int lane = 0; lane < LANES; lane++) total += lanes[lane];
    }
    for (; i < count; i++) total += bytes[i];
    return total;
}
