// Mathematical functions of contiguous elements, and the loops of reductions; see CSheafKernels.h.
#ifndef CSHEAF_FUNCTIONS_H
#define CSHEAF_FUNCTIONS_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>

/// A function of one number.
enum sheaf_function {
    SHEAF_EXP, SHEAF_EXP2, SHEAF_EXPM1, SHEAF_LOG, SHEAF_LOG2, SHEAF_LOG10, SHEAF_LOG1P, SHEAF_CBRT,
    SHEAF_SIN, SHEAF_COS, SHEAF_TAN, SHEAF_ASIN, SHEAF_ACOS, SHEAF_ATAN,
    SHEAF_SINH, SHEAF_COSH, SHEAF_TANH, SHEAF_ASINH, SHEAF_ACOSH, SHEAF_ATANH,
    SHEAF_FLOOR, SHEAF_CEIL, SHEAF_ROUND_EVEN, SHEAF_TRUNCATE, SHEAF_SIGN, SHEAF_RECIPROCAL, SHEAF_DEGREES, SHEAF_RADIANS,
    SHEAF_CUBE, SHEAF_FOURTH_POWER,
};

/// A function of two numbers.
enum sheaf_function_of_two {
    SHEAF_ATAN2, SHEAF_HYPOT, SHEAF_POW, SHEAF_FMOD, SHEAF_REMAINDER, SHEAF_FLOOR_DIVIDE, SHEAF_COPY_SIGN, SHEAF_NEXT_AFTER,
    SHEAF_LOG_ADD_EXP, SHEAF_LOG_ADD_EXP2, SHEAF_LESSER_NUMBER, SHEAF_GREATER_NUMBER,
};

/// A question about one number.
enum sheaf_test { SHEAF_IS_NAN, SHEAF_IS_INFINITE, SHEAF_IS_FINITE, SHEAF_SIGN_BIT };

#define SHEAF_DECLARE_FUNCTIONS(T, S)                                                                          \
    void sheaf_apply_##S(enum sheaf_function f, const T *a, T *out, ptrdiff_t count);                          \
    void sheaf_apply_two_##S(enum sheaf_function_of_two f, const T *a, const T *b, T *out, ptrdiff_t count);   \
    void sheaf_test_##S(enum sheaf_test test, const T *a, bool *out, ptrdiff_t count);                         \
    /* |a - b| <= absolute + relative * |b|; infinities are close to themselves. */                            \
    void sheaf_is_close_##S(const T *a, const T *b, bool *out, ptrdiff_t count, T relative, T absolute, bool equal_nan); \
    void sheaf_replace_odd_##S(const T *a, T *out, ptrdiff_t count, T nan, T positive, T negative);            \
    /* Powers by repeated squaring. */                                                                         \
    void sheaf_integer_power_##S(const T *a, T *out, ptrdiff_t count, ptrdiff_t exponent);                     \
    T sheaf_product_##S(const T *a, ptrdiff_t count);                                                          \
    /* NaNs left out. */                                                                                       \
    T sheaf_sum_valid_##S(const T *a, ptrdiff_t count, ptrdiff_t *valid);                                      \
    T sheaf_sum_of_squares_valid_##S(const T *a, T mean, ptrdiff_t count);                                     \
    /* NaN when there is nothing else. */                                                                      \
    T sheaf_least_valid_##S(const T *a, ptrdiff_t count);                                                      \
    T sheaf_greatest_valid_##S(const T *a, ptrdiff_t count);                                                   \
    /* sum += a - shift, squares += (a - shift)². */                                                           \
    void sheaf_shifted_moments_##S(const T *a, const T *shift, T *sum, T *squares, ptrdiff_t count);

SHEAF_DECLARE_FUNCTIONS(double, f64)
SHEAF_DECLARE_FUNCTIONS(float, f32)

ptrdiff_t sheaf_count_true(const bool *a, ptrdiff_t count);

#endif
