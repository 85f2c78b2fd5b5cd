#include "vector_functions.h"

#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__)

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

// In the order of sheaf_function, up to the last one that the vector library has.
static const char *const names[] = {
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "cbrt", "sin", "cos", "tan", "asin", "acos", "atan",
    "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
};
enum { FUNCTIONS = sizeof names / sizeof names[0] };

// 0: not looked for yet; MISSING: not there.
static _Atomic(uintptr_t) found[2][FUNCTIONS];
#define MISSING ((uintptr_t)1)

static bool has_avx512(void) { return __builtin_cpu_supports("avx512f"); }
static bool has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

static void *find(int is_float, int function) {
    uintptr_t known = atomic_load_explicit(&found[is_float][function], memory_order_acquire);
    if (known == 0) {
        __builtin_cpu_init();
        known = MISSING;
        if (has_avx512() || has_avx2()) {
            void *library = dlopen("libmvec.so.1", RTLD_NOW | RTLD_LOCAL);
            if (library != NULL) {
                const int width = (has_avx512() ? 8 : 4) * (is_float ? 2 : 1);
                char name[64];
                snprintf(
                    name, sizeof name, "_ZGV%cN%dv_%s%s", has_avx512() ? 'e' : 'd', width, names[function],
                    is_float ? "f" : "");
                void *symbol = dlsym(library, name);
                if (symbol != NULL) known = (uintptr_t)symbol;
            }
        }
        atomic_store_explicit(&found[is_float][function], known, memory_order_release);
    }
    return known == MISSING ? NULL : (void *)known;
}

// The last elements are computed as a whole vector too, filled up with ones.
#define LOOPS(T, S, WIDTH, BYTES, TARGET)                                                                             \
    typedef T vector_##S##_##WIDTH __attribute__((vector_size(BYTES)));                                               \
    __attribute__((target(TARGET))) static void map_##S##_##WIDTH(                                                    \
        void *function, const T *a, T *out, ptrdiff_t count) {                                                        \
        vector_##S##_##WIDTH (*apply)(vector_##S##_##WIDTH) = function;                                               \
        for (ptrdiff_t i = 0; i < count; i += WIDTH) {                                                                \
            const ptrdiff_t length = count - i < WIDTH ? count - i : WIDTH;                                           \
            vector_##S##_##WIDTH x;                                                                                   \
            if (length < WIDTH) for (int lane = 0; lane < WIDTH; lane++) x[lane] = 1;                                 \
            if (length == WIDTH) memcpy(&x, a + i, sizeof x); else memcpy(&x, a + i, (size_t)length * sizeof(T));     \
            x = apply(x);                                                                                             \
            if (length == WIDTH) memcpy(out + i, &x, sizeof x); else memcpy(out + i, &x, (size_t)length * sizeof(T)); \
        }                                                                                                             \
    }

LOOPS(double, f64, 8, 64, "avx512f")
LOOPS(double, f64, 4, 32, "avx2,fma")
LOOPS(float, f32, 16, 64, "avx512f")
LOOPS(float, f32, 8, 32, "avx2,fma")

#define ENTRIES(T, S, IS_FLOAT, WIDE, NARROW)                                                                          \
    bool sheaf_vector_apply_##S(enum sheaf_function f, const T *a, T *out, ptrdiff_t count) {                         \
        if ((int)f >= FUNCTIONS) return false;                                                                        \
        void *function = find(IS_FLOAT, (int)f);                                                                      \
        if (function == NULL) return false;                                                                           \
        if (has_avx512()) map_##S##_##WIDE(function, a, out, count); else map_##S##_##NARROW(function, a, out, count); \
        return true;                                                                                                  \
    }

ENTRIES(double, f64, 0, 8, 4)
ENTRIES(float, f32, 1, 16, 8)

#else

bool sheaf_vector_apply_f64(enum sheaf_function f, const double *a, double *out, ptrdiff_t count) { return false; }
bool sheaf_vector_apply_f32(enum sheaf_function f, const float *a, float *out, ptrdiff_t count) { return false; }

#endif
