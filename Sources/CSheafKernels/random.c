// Counter-based random numbers: Philox4x32-10 (J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw: Parallel random numbers: as easy as
// 1, 2, 3; SC11, 2011), and what is made of its words.
//
// All arithmetic is that of IEEE 754 without contraction to fused operations, and logarithm, sine and cosine are computed here, so that
// an element has the same bits on every processor.
#include "CSheafKernels.h"
#include "variants.h"

#include <string.h>

#pragma clang fp contract(off)

#define INLINED static inline __attribute__((always_inline))

// Blocks that are computed at a time; their values stay in the first-level cache.
#define BLOCKS 256
#define LOW 0xFFFFFFFFu

// Words are kept in 64 bits, of whose upper halves nothing is asked: the multiplication looks at the lower ones only.
INLINED void round_of(uint64_t c[4], uint64_t k0, uint64_t k1) {
    const uint64_t p0 = (c[0] & LOW) * 0xD2511F53u, p1 = (c[2] & LOW) * 0xCD9E8D57u;
    c[0] = (p1 >> 32) ^ c[1] ^ k0;
    c[1] = p1;
    c[2] = (p0 >> 32) ^ c[3] ^ k1;
    c[3] = p0;
}

INLINED void philox(uint64_t c[4], uint32_t k0, uint32_t k1) {
#pragma clang loop unroll(full)
    for (uint32_t round = 0; round < 10; round++) {
        round_of(c, (uint32_t)(k0 + round * 0x9E3779B9u), (uint32_t)(k1 + round * 0xBB67AE85u));
    }
}

void sheaf_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
    uint64_t c[4] = {counter[0], counter[1], counter[2], counter[3]};
    philox(c, key[0], key[1]);
    for (int word = 0; word < 4; word++) out[word] = (uint32_t)c[word];
}

// The two words of each of some blocks.
INLINED void fill(uint64_t key, uint32_t stream, uint64_t first, uint64_t *a, uint64_t *b, ptrdiff_t count) {
    INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {
        const uint64_t counter = first + (uint64_t)i;
        uint64_t c[4] = {counter, counter >> 32, stream, 0};
        philox(c, (uint32_t)key, (uint32_t)(key >> 32));
        a[i] = (c[0] & LOW) | c[1] << 32;
        b[i] = (c[2] & LOW) | c[3] << 32;
    }
}

INLINED double as_double(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

INLINED uint64_t as_bits(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

// A multiple of 2⁻⁵³ in [0, 1): the two halves of the number convert without a conversion instruction.
INLINED double unit(uint64_t word) {
    const uint64_t k = word >> 11;
    const double high = as_double(0x4530000000000000u | k >> 32) - 0x1p84, low = as_double(0x4330000000000000u | (k & LOW)) - 0x1p52;
    return (high + low) * 0x1p-53;
}

// An odd multiple of 2⁻⁵³ in (0, 1).
INLINED double open_unit(uint64_t word) { return as_double(0x3FF0000000000000u | word >> 12) - (1 - 0x1p-53); }

// The natural logarithm of a positive normal number: x = 2^e m with m in [√½, √2), log m = 2 artanh((m - 1) / (m + 1)), whose series
// is fitted by Chebyshev interpolation to a relative error of 2.3e-16.
INLINED double logarithm(double x) {
    const uint64_t bits = as_bits(x) + (0x3FF0000000000000u - 0x3FE6A09E667F3BCDu);
    const double e = as_double(0x4330000000000000u | bits >> 52) - (0x1p52 + 1023);
    const double m = as_double((bits & 0x000FFFFFFFFFFFFFu) + 0x3FE6A09E667F3BCDu);
    const double s = (m - 1) / (m + 1), z = s * s;
    double p = 0x1.58d69524af400p-3;
    p = p * z + 0x1.73231117055a2p-3;
    p = p * z + 0x1.c722cd66db5e4p-3;
    p = p * z + 0x1.249240b79e996p-2;
    p = p * z + 0x1.999999a43650ep-2;
    p = p * z + 0x1.5555555552d4ap-1;
    return e * 0x1.62e42fefa39efp-1 + (s * (p * z) + (s + s));
}

// Sine and cosine of 2π times a number in [0, 1): the nearest quarter turn, and what is left of it.
INLINED void sine_and_cosine(double turns, double *sine, double *cosine) {
    const double quarters = turns * 4, shifted = quarters + 0x1.8p52;
    const uint64_t quadrant = as_bits(shifted);
    const double f = quarters - (shifted - 0x1.8p52), z = f * f;
    double s = 0x1.e3f38399551bfp-25;
    s = s * z - 0x1.e30071afc3e59p-19;
    s = s * z + 0x1.50782fda12d96p-13;
    s = s * z - 0x1.32d2cce2e5b19p-8;
    s = s * z + 0x1.466bc677587f8p-4;
    s = s * z - 0x1.4abbce625be41p-1;
    s = (s * z + 0x1.921fb54442d18p+0) * f;
    double c = -0x1.b264ba152378ap-28;
    c = c * z + 0x1.f9cc41140bb60p-22;
    c = c * z - 0x1.a6d1ec7906c20p-16;
    c = c * z + 0x1.e1f5068355e15p-11;
    c = c * z - 0x1.55d3c7e3c90f8p-6;
    c = c * z + 0x1.03c1f081b5aacp-2;
    c = c * z - 0x1.3bd3cc9be45dep+0;
    c = c * z + 1;
    const uint64_t swapped = 0 - (quadrant & 1), sb = as_bits(s), cb = as_bits(c);
    *sine = as_double(((sb & ~swapped) | (cb & swapped)) ^ (quadrant & 2) << 62);
    *cosine = as_double(((cb & ~swapped) | (sb & swapped)) ^ ((quadrant + 1) & 2) << 62);
}

// Calls TRANSFORM for each block, whose words are `x` and `y`, to set the elements `p` and `q`.
#define GENERATOR(NAME, PARAMETERS, T, TRANSFORM)                                                                              \
    KERNEL void NAME PARAMETERS {                                                                                              \
        uint64_t a[BLOCKS], b[BLOCKS];                                                                                         \
        T values[2 * BLOCKS];                                                                                                  \
        while (count > 0) {                                                                                                    \
            const ptrdiff_t skipped = first & 1;                                                                               \
            ptrdiff_t blocks = (skipped + count + 1) / 2;                                                                      \
            if (blocks > BLOCKS) blocks = BLOCKS;                                                                              \
            fill(key, stream, first >> 1, a, b, blocks);                                                                       \
            INDEPENDENT for (ptrdiff_t i = 0; i < blocks; i++) {                                                               \
                const uint64_t x = a[i], y = b[i];                                                                             \
                T p, q;                                                                                                        \
                TRANSFORM                                                                                                      \
                values[2 * i] = p;                                                                                             \
                values[2 * i + 1] = q;                                                                                         \
            }                                                                                                                  \
            ptrdiff_t made = 2 * blocks - skipped;                                                                             \
            if (made > count) made = count;                                                                                    \
            memcpy(out, values + skipped, (size_t)made * sizeof(T));                                                           \
            out += made;                                                                                                       \
            first += (uint64_t)made;                                                                                           \
            count -= made;                                                                                                     \
        }                                                                                                                      \
    }

#define PLACE uint64_t key, uint32_t stream, uint64_t first

GENERATOR(sheaf_random_words, (PLACE, uint64_t *out, ptrdiff_t count), uint64_t, {
    p = x;
    q = y;
})

GENERATOR(sheaf_random_uniform_f64, (PLACE, double low, double width, double *out, ptrdiff_t count), double, {
    p = low + width * unit(x);
    q = low + width * unit(y);
})

GENERATOR(sheaf_random_uniform_f32, (PLACE, float low, float width, float *out, ptrdiff_t count), float, {
    p = low + width * ((float)(int32_t)(x >> 40) * 0x1p-24f);
    q = low + width * ((float)(int32_t)(y >> 40) * 0x1p-24f);
})

#define NORMAL(T)                                                                  \
    {                                                                              \
        const double radius = __builtin_elementwise_sqrt(-2 * logarithm(open_unit(x))); \
        double sine, cosine;                                                       \
        sine_and_cosine(unit(y), &sine, &cosine);                                  \
        p = (T)(mean + deviation * (radius * cosine));                             \
        q = (T)(mean + deviation * (radius * sine));                               \
    }

GENERATOR(sheaf_random_normal_f64, (PLACE, double mean, double deviation, double *out, ptrdiff_t count), double, NORMAL(double))
GENERATOR(sheaf_random_normal_f32, (PLACE, double mean, double deviation, float *out, ptrdiff_t count), float, NORMAL(float))

#define EXPONENTIAL(T)                             \
    {                                              \
        p = (T)(-scale * logarithm(open_unit(x))); \
        q = (T)(-scale * logarithm(open_unit(y))); \
    }

GENERATOR(sheaf_random_exponential_f64, (PLACE, double scale, double *out, ptrdiff_t count), double, EXPONENTIAL(double))
GENERATOR(sheaf_random_exponential_f32, (PLACE, double scale, float *out, ptrdiff_t count), float, EXPONENTIAL(float))

GENERATOR(sheaf_random_below, (PLACE, uint64_t limit, bool *out, ptrdiff_t count), bool, {
    p = (x >> 11) < limit;
    q = (y >> 11) < limit;
})
