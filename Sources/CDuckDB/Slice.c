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

bool cduckdb_slice(
    const struct ArrowArray *column, int64_t start, int64_t length, void *owner, void (*release)(void *owner), struct ArrowArray *out) {
    struct slice *slice = malloc(sizeof *slice);
    if (!slice) return false;
    slice->column = *column;
    slice->column.offset += start;
    slice->column.length = length;
    // How many nulls are in the slice is not known, unless there are none at all.
    if (column->null_count != 0) slice->column.null_count = -1;
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
