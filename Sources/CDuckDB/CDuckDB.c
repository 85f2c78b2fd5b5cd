#include "CDuckDB.h"

#include <dlfcn.h>
#include <string.h>

static const char *const names[] = {
#define CDUCKDB_NAME(result, name, parameters) "duckdb_" #name,
    CDUCKDB_FUNCTIONS(CDUCKDB_NAME)
#undef CDUCKDB_NAME
};

_Static_assert(sizeof(struct cduckdb_functions) == sizeof names, "the table holds one pointer a name");

const char *cduckdb_load(void *library, struct cduckdb_functions *out) {
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        void *address = dlsym(library, names[i]);
        if (!address) return names[i];
        memcpy((char *)out + i * sizeof address, &address, sizeof address);
    }
    return NULL;
}
