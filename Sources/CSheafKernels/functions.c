#include "CSheafKernels.h"
#include "variants.h"
#include "vector_functions.h"

#include <math.h>

#define MAP(EXPRESSION)                            \
    for (ptrdiff_t i = 0; i < count; i++) {        \
        const T x = a[i];                          \
        out[i] = (T)(EXPRESSION);                  \
    }                                              \
    return;

#define MAP_TWO(EXPRESSION)                        \
    for (ptrdiff_t i = 0; i < count; i++) {        \
        const T x = a[i], y = b[i];                \
        out[i] = (T)(EXPRESSION);                  \
    }                                              \
    return;

// Loops without calls, several elements at a time.
#define FAST(S, NAME, EXPRESSION)                                                                          \
    KERNEL static void NAME##_##S(const T *a, T *out, ptrdiff_t count) {                                   \
        INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {                                                \
            const T x = a[i];                                                                              \
            out[i] = (EXPRESSION);                                                                         \
        }                                                                                                  \
    }

#define FAST_TWO(S, NAME, EXPRESSION)                                                                      \
    KERNEL static void NAME##_##S(const T *a, const T *b, T *out, ptrdiff_t count) {                       \
        INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {                                                \
            const T x = a[i], y = b[i];                                                                    \
            out[i] = (EXPRESSION);                                                                         \
        }                                                                                                  \
    }

#define TEST(S, NAME, EXPRESSION)                                                                          \
    KERNEL static void NAME##_##S(const T *a, bool *out, ptrdiff_t count) {                                \
        INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {                                                \
            const T x = a[i];                                                                              \
            out[i] = (EXPRESSION);                                                                         \
        }                                                                                                  \
    }

#define T double
#define S f64
#define M(NAME) NAME
#include "function_loops.h"
#undef T
#undef S
#undef M

#define T float
#define S f32
#define M(NAME) NAME##f
#include "function_loops.h"
