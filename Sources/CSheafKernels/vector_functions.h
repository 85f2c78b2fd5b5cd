// Functions of several elements at a time, from glibc's vector library; private to this target.
#ifndef CSHEAF_VECTOR_FUNCTIONS_H
#define CSHEAF_VECTOR_FUNCTIONS_H

#include "CSheafKernels.h"

// Applies a function if there is a vector variant of it here; false, and nothing done, if there is none. Errors are at most 4 ulp. An
// element's result does not depend on those next to it.
bool sheaf_vector_apply_f64(enum sheaf_function f, const double *a, double *out, ptrdiff_t count);
bool sheaf_vector_apply_f32(enum sheaf_function f, const float *a, float *out, ptrdiff_t count);

#endif
