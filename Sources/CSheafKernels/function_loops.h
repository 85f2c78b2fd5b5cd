// The functions of one type: T, with the suffix S; M names the function of the mathematical library for it.

#define JOIN_(A, B) A##_##B
#define JOIN(A, B) JOIN_(A, B)
#define NAMED(A) JOIN(A, S)
#define FAST_(S, NAME, EXPRESSION) FAST(S, NAME, EXPRESSION)
#define FAST_TWO_(S, NAME, EXPRESSION) FAST_TWO(S, NAME, EXPRESSION)
#define TEST_(S, NAME, EXPRESSION) TEST(S, NAME, EXPRESSION)

FAST_(S, floor_loop, __builtin_elementwise_floor(x))
FAST_(S, ceil_loop, __builtin_elementwise_ceil(x))
FAST_(S, round_loop, __builtin_elementwise_roundeven(x))
FAST_(S, truncate_loop, __builtin_elementwise_trunc(x))
FAST_(S, sign_loop, x > 0 ? (T)1 : x < 0 ? (T)-1 : x == 0 ? (T)0 : x)
FAST_(S, reciprocal_loop, 1 / x)
FAST_(S, degrees_loop, x * (T)(180 / 3.14159265358979323846))
FAST_(S, radians_loop, x * (T)(3.14159265358979323846 / 180))
FAST_(S, cube_loop, x * x * x)
FAST_(S, fourth_power_loop, (x * x) * (x * x))
FAST_TWO_(S, lesser_number_loop, x < y || y != y ? x : y)
FAST_TWO_(S, greater_number_loop, x > y || y != y ? x : y)
FAST_TWO_(S, copy_sign_loop, __builtin_elementwise_copysign(x, y))
TEST_(S, is_nan_loop, x != x)
TEST_(S, is_infinite_loop, __builtin_elementwise_abs(x) == (T)INFINITY)
TEST_(S, is_finite_loop, __builtin_elementwise_abs(x) < (T)INFINITY)
TEST_(S, sign_bit_loop, __builtin_elementwise_copysign((T)1, x) < 0)

void NAMED(sheaf_apply)(enum sheaf_function f, const T *a, T *out, ptrdiff_t count) {
    if (NAMED(sheaf_vector_apply)(f, a, out, count)) return;
    switch (f) {
    case SHEAF_EXP: MAP(M(exp)(x))
    case SHEAF_EXP2: MAP(M(exp2)(x))
    case SHEAF_EXPM1: MAP(M(expm1)(x))
    case SHEAF_LOG: MAP(M(log)(x))
    case SHEAF_LOG2: MAP(M(log2)(x))
    case SHEAF_LOG10: MAP(M(log10)(x))
    case SHEAF_LOG1P: MAP(M(log1p)(x))
    case SHEAF_CBRT: MAP(M(cbrt)(x))
    case SHEAF_SIN: MAP(M(sin)(x))
    case SHEAF_COS: MAP(M(cos)(x))
    case SHEAF_TAN: MAP(M(tan)(x))
    case SHEAF_ASIN: MAP(M(asin)(x))
    case SHEAF_ACOS: MAP(M(acos)(x))
    case SHEAF_ATAN: MAP(M(atan)(x))
    case SHEAF_SINH: MAP(M(sinh)(x))
    case SHEAF_COSH: MAP(M(cosh)(x))
    case SHEAF_TANH: MAP(M(tanh)(x))
    case SHEAF_ASINH: MAP(M(asinh)(x))
    case SHEAF_ACOSH: MAP(M(acosh)(x))
    case SHEAF_ATANH: MAP(M(atanh)(x))
    case SHEAF_FLOOR: NAMED(floor_loop)(a, out, count); return;
    case SHEAF_CEIL: NAMED(ceil_loop)(a, out, count); return;
    case SHEAF_ROUND_EVEN: NAMED(round_loop)(a, out, count); return;
    case SHEAF_TRUNCATE: NAMED(truncate_loop)(a, out, count); return;
    case SHEAF_SIGN: NAMED(sign_loop)(a, out, count); return;
    case SHEAF_RECIPROCAL: NAMED(reciprocal_loop)(a, out, count); return;
    case SHEAF_DEGREES: NAMED(degrees_loop)(a, out, count); return;
    case SHEAF_RADIANS: NAMED(radians_loop)(a, out, count); return;
    case SHEAF_CUBE: NAMED(cube_loop)(a, out, count); return;
    case SHEAF_FOURTH_POWER: NAMED(fourth_power_loop)(a, out, count); return;
    }
}

// The remainder with the sign of the divisor, as Python's %.
static inline T NAMED(python_remainder)(T x, T y) {
    T remainder = M(fmod)(x, y);
    if (y == 0) return remainder;
    if (remainder == 0) return M(copysign)(0, y);
    return (y < 0) != (remainder < 0) ? remainder + y : remainder;
}

// The quotient that belongs to that remainder, as Python's //.
static inline T NAMED(floor_divide)(T x, T y) {
    if (y == 0) return x / y;
    T remainder = M(fmod)(x, y);
    T quotient = (x - remainder) / y;
    if (remainder != 0 && (y < 0) != (remainder < 0)) quotient -= 1;
    if (quotient == 0) return M(copysign)(0, x / y);
    const T floored = M(floor)(quotient);
    return quotient - floored > (T)0.5 ? floored + 1 : floored;
}

static inline T NAMED(log_add_exp)(T x, T y) {
    if (x == y) return x + (T)0.693147180559945309417232;
    const T difference = x - y;
    if (difference > 0) return x + M(log1p)(M(exp)(-difference));
    if (difference <= 0) return y + M(log1p)(M(exp)(difference));
    return difference;
}

static inline T NAMED(log_add_exp2)(T x, T y) {
    const T log2e = (T)1.442695040888963407359925;
    if (x == y) return x + 1;
    const T difference = x - y;
    if (difference > 0) return x + log2e * M(log1p)(M(exp2)(-difference));
    if (difference <= 0) return y + log2e * M(log1p)(M(exp2)(difference));
    return difference;
}

void NAMED(sheaf_apply_two)(enum sheaf_function_of_two f, const T *a, const T *b, T *out, ptrdiff_t count) {
    switch (f) {
    case SHEAF_ATAN2: MAP_TWO(M(atan2)(x, y))
    case SHEAF_HYPOT: MAP_TWO(M(hypot)(x, y))
    case SHEAF_POW: MAP_TWO(M(pow)(x, y))
    case SHEAF_FMOD: MAP_TWO(M(fmod)(x, y))
    case SHEAF_REMAINDER: MAP_TWO(NAMED(python_remainder)(x, y))
    case SHEAF_FLOOR_DIVIDE: MAP_TWO(NAMED(floor_divide)(x, y))
    case SHEAF_COPY_SIGN: NAMED(copy_sign_loop)(a, b, out, count); return;
    case SHEAF_NEXT_AFTER: MAP_TWO(M(nextafter)(x, y))
    case SHEAF_LOG_ADD_EXP: MAP_TWO(NAMED(log_add_exp)(x, y))
    case SHEAF_LOG_ADD_EXP2: MAP_TWO(NAMED(log_add_exp2)(x, y))
    case SHEAF_LESSER_NUMBER: NAMED(lesser_number_loop)(a, b, out, count); return;
    case SHEAF_GREATER_NUMBER: NAMED(greater_number_loop)(a, b, out, count); return;
    }
}

void NAMED(sheaf_test)(enum sheaf_test test, const T *a, bool *out, ptrdiff_t count) {
    switch (test) {
    case SHEAF_IS_NAN: NAMED(is_nan_loop)(a, out, count); return;
    case SHEAF_IS_INFINITE: NAMED(is_infinite_loop)(a, out, count); return;
    case SHEAF_IS_FINITE: NAMED(is_finite_loop)(a, out, count); return;
    case SHEAF_SIGN_BIT: NAMED(sign_bit_loop)(a, out, count); return;
    }
}

KERNEL void NAMED(sheaf_is_close)(
    const T *a, const T *b, bool *out, ptrdiff_t count, T relative, T absolute, bool equal_nan
) {
    for (ptrdiff_t i = 0; i < count; i++) {
        const T x = a[i], y = b[i], size = __builtin_elementwise_abs(y);
        const bool near = __builtin_elementwise_abs(x - y) <= absolute + relative * size && size < (T)INFINITY;
        out[i] = near | (x == y) | (equal_nan & (x != x) & (y != y));
    }
}

KERNEL void NAMED(sheaf_replace_odd)(const T *a, T *out, ptrdiff_t count, T nan, T positive, T negative) {
    INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {
        const T x = a[i];
        out[i] = x != x ? nan : x == (T)INFINITY ? positive : x == -(T)INFINITY ? negative : x;
    }
}

KERNEL void NAMED(sheaf_integer_power)(const T *a, T *out, ptrdiff_t count, ptrdiff_t exponent) {
    for (ptrdiff_t i = 0; i < count; i++) {
        T power = 1, square = a[i];
        for (size_t rest = exponent < 0 ? 0 - (size_t)exponent : (size_t)exponent; rest > 0; rest >>= 1) {
            if (rest & 1) power *= square;
            square *= square;
        }
        out[i] = exponent < 0 ? 1 / power : power;
    }
}

#undef JOIN_
#undef JOIN
#undef NAMED
#undef FAST_
#undef FAST_TWO_
#undef TEST_
