#include "CDuckDB.h"

#include <stdlib.h>

static const void *no_buffers[1] = {NULL};

struct slice {
    struct ArrowArray column;
    struct ArrowArray *children[1];
    void *owner;
    void (*release)(void *owner);
};

// The column of a slice goes with the slice.
static void release_column(struct ArrowArray *array) { array->release = NULL; }

static void release_slice(struct ArrowArray *array) {
    struct slice *slice = array->private_data;
    slice->release(slice->owner);
    free(slice);
    array->release = NULL;
}

// Nulls among `length` rows from `start` of a validity bitmap, one bit a row, lowest first.
static int64_t count_nulls(const uint8_t *bits, int64_t start, int64_t length) {
    int64_t valid = 0, end = start + length, row = start;
    for (; row < end && row % 8 != 0; row++) valid += bits[row / 8] >> (row % 8) & 1;
    for (; row + 8 <= end; row += 8) valid += __builtin_popcount(bits[row / 8]);
    for (; row < end; row++) valid += bits[row / 8] >> (row % 8) & 1;
    return length - valid;
}

void cduckdb_count_nulls(struct ArrowArray *array) {
    if (array->dictionary && array->null_count < 0) {
        const uint8_t *bits = array->n_buffers > 0 ? array->buffers[0] : NULL;
        array->null_count = bits ? count_nulls(bits, array->offset, array->length) : 0;
    }
    for (int64_t i = 0; i < array->n_children; i++) cduckdb_count_nulls(array->children[i]);
    if (array->dictionary) cduckdb_count_nulls(array->dictionary);
}

bool cduckdb_slice(
    const struct ArrowArray *column, int64_t start, int64_t length, void *owner, void (*release)(void *owner), struct ArrowArray *out) {
    struct slice *slice = malloc(sizeof *slice);
    if (!slice) return false;
    slice->column = *column;
    slice->column.offset += start;
    slice->column.length = length;
    // DuckDB takes an unknown number of nulls in a dictionary's keys for none.
    if (column->null_count != 0) {
        const uint8_t *bits = column->n_buffers > 0 ? column->buffers[0] : NULL;
        slice->column.null_count = bits && column->dictionary ? count_nulls(bits, slice->column.offset, length) : -1;
    }
    slice->column.release = release_column;
    slice->column.private_data = NULL;
    slice->children[0] = &slice->column;
    slice->owner = owner;
    slice->release = release;
    *out = (struct ArrowArray){
        .length = length, .n_buffers = 1, .n_children = 1, .buffers = no_buffers, .children = slice->children,
        .release = release_slice, .private_data = slice};
    return true;
}

// Enough for the first offset of any layout.
static const int64_t zeros[8];
static const void *zero_buffers[3] = {NULL, zeros, zeros};

static void release_empty(struct ArrowArray *array) {
    for (int64_t i = 0; i < array->n_children; i++) {
        if (array->children[i] && array->children[i]->release) array->children[i]->release(array->children[i]);
        free(array->children[i]);
    }
    free(array->children);
    if (array->dictionary && array->dictionary->release) array->dictionary->release(array->dictionary);
    free(array->dictionary);
    array->release = NULL;
}

bool cduckdb_empty(const struct ArrowSchema *schema, struct ArrowArray *out) {
    *out = (struct ArrowArray){.n_buffers = 3, .buffers = zero_buffers, .release = release_empty};
    if (schema->n_children > 0) {
        out->children = calloc((size_t)schema->n_children, sizeof *out->children);
        if (!out->children) goto failed;
        out->n_children = schema->n_children;
        for (int64_t i = 0; i < schema->n_children; i++) {
            out->children[i] = calloc(1, sizeof **out->children);
            if (!out->children[i] || !cduckdb_empty(schema->children[i], out->children[i])) goto failed;
        }
    }
    if (schema->dictionary) {
        out->dictionary = calloc(1, sizeof *out->dictionary);
        if (!out->dictionary || !cduckdb_empty(schema->dictionary, out->dictionary)) goto failed;
    }
    return true;
failed:
    out->release(out);
    return false;
}
